package import JSON

/// What an import recognised.
package struct ImportReport: Sendable {
    package var framework: String
    /// The version of the framework that wrote the file; `nil` where the file does not say.
    package var frameworkVersion: String?
    /// The format of the file: `pickle`, `JSON`, `UBJSON`.
    package var format: String
    package var estimator: EstimatorSummary
    /// The labels of the classes in the order of their probabilities; `nil` for what is not a classifier.
    package var classLabels: ClassLabels?
    /// The names of the features in the order of the columns; `nil` where the file does not say.
    package var featureNames: [String]?
    /// What `--outputs` may choose among.
    package var availableOutputs: [ModelOutput] = []
    package var warnings: [String] = []
    /// What the directory of MLflow says that the file lies in; `nil` for a file alone.
    package var mlflow: MLflowModel?

    /// A report without warnings.
    package init(
        framework: String,
        frameworkVersion: String?,
        format: String,
        estimator: EstimatorSummary,
        classLabels: ClassLabels? = nil,
        featureNames: [String]? = nil
    ) {
        self.framework = framework
        self.frameworkVersion = frameworkVersion
        self.format = format
        self.estimator = estimator
        self.classLabels = classLabels
        self.featureNames = featureNames
    }

    /// The report as a script reads it.
    package var json: JSONValue {
        var object: JSONObject = [
            "framework": .string(framework),
            "framework_version": frameworkVersion.map { .string($0) } ?? .null,
            "format": .string(format),
            "estimator": estimator.json,
            "available_outputs": .array(availableOutputs.map { .string($0.rawValue) }),
            "warnings": .array(warnings.map { .string($0) }),
        ]
        if let classLabels { object["class_labels"] = classLabels.json }
        if let featureNames { object["feature_names"] = .array(featureNames.map { .string($0) }) }
        if let mlflow { object["mlflow"] = mlflow.json }
        return .object(object)
    }
}

/// An estimator and those inside of it.
package struct EstimatorSummary: Sendable, Hashable {
    /// The name of its step; empty for the outermost.
    package var name: String
    package var className: String
    package var children: [EstimatorSummary]

    /// An estimator.
    package init(name: String = "", className: String, children: [EstimatorSummary] = []) {
        self.name = name
        self.className = className
        self.children = children
    }

    /// The short form of a tree: `Pipeline(StandardScaler, LogisticRegression)`.
    package var text: String {
        let short = className.split(separator: ".").last.map(String.init) ?? className
        return children.isEmpty ? short : "\(short)(\(children.map(\.text).joined(separator: ", ")))"
    }

    var json: JSONValue {
        var object: JSONObject = ["class": .string(className)]
        if !name.isEmpty { object["name"] = .string(name) }
        if !children.isEmpty { object["children"] = .array(children.map(\.json)) }
        return .object(object)
    }
}
