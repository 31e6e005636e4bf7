import Diagnostics
package import ModelFormats
package import OnnxBuilder
import OnnxIR
package import Tensors

/// A fitted estimator that takes a matrix of features and predicts classes or numbers.
package protocol TabularEstimator {
    var summary: EstimatorSummary { get }
    /// The version of the framework that saved it; `nil` where nothing says so.
    var frameworkVersion: String? { get }
    var featureCount: Int { get }
    /// The names of the features in the order of the columns; `nil` where nothing says so.
    var featureNames: [String]? { get }
    var target: TabularTarget { get }
    var warnings: [String] { get }
    /// Whether the framework takes features as doubles, and does not round them to float.
    var takesDoubles: Bool { get }

    /// Adds the nodes that predict.
    ///
    /// *Shapes*: `features` is `[batch, features]`.
    /// *Types*: `features` are of `type`, which is float or double.
    func predict(
        _ features: String,
        of type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> TabularPrediction
}

/// What an estimator predicts.
package enum TabularTarget: Sendable {
    /// One of these classes.
    case classes(ClassLabels)
    /// For each of several labels, whether it applies.
    case labels(count: Int)
    /// A number.
    case number
    /// A row of numbers.
    case numbers(count: Int)

    /// The labels of the classes; `nil` for what predicts none of several.
    package var classLabels: ClassLabels? {
        guard case .classes(let labels) = self else { return nil }
        return labels
    }
}

/// The values of a graph that hold a prediction.
package struct TabularPrediction {
    /// The index of the predicted class, int64, `[batch]`; for several labels 0 and 1, `[batch, labels]`; empty for numbers.
    package var indices: String
    /// The probabilities, `[batch, classes]` or `[batch, labels]`, or the predicted numbers, `[batch, targets]`.
    package var values: String
    /// The type of `values` and `decision`, float or double.
    package var elementType: ElementType
    /// What `decision_function` gives: `[batch, 1]` for two classes, `[batch, classes]` for more; `nil` for an estimator
    /// that has no such method.
    package var decision: String?

    /// Predicted numbers.
    package init(values: String, elementType: ElementType) {
        self.init(indices: "", probabilities: values, elementType: elementType)
    }

    /// Predicted classes.
    package init(indices: String, probabilities: String, elementType: ElementType) {
        self.indices = indices
        values = probabilities
        self.elementType = elementType
    }
}

/// Reads the estimators that a framework puts into pickles, alone or as a step of a pipeline.
package protocol PickledEstimatorReader: Sendable {
    /// The package of Python that the framework's classes are in.
    var packageName: String { get }
    /// Reads an estimator whose class is in the package.
    func estimator(_ object: PickleValue) throws(ModelImportError) -> any TabularEstimator
}

extension PickledEstimatorReader {
    /// Whether an object is of a class in the framework's package.
    package func recognises(_ object: PickleValue) -> Bool {
        object.className?.hasPrefix(packageName + ".") ?? false
    }
}

extension ImportedModel {
    /// The model of an estimator that is the whole of a file.
    ///
    /// *Shapes*: `X` is `[batch, features]`; `label` and `prediction` are `[batch]`, or `[batch, targets]` where there are
    /// several; `probabilities` are `[batch, classes]`, or `[batch, targets]`.
    package init(
        _ estimator: any TabularEstimator,
        from file: ModelFile,
        framework: String,
        format: String,
        options: ImportOptions
    ) throws(ModelImportError) {
        try self.init(estimator, from: file, framework: framework, format: format, options: options) {
            builder throws(ModelImportError) in
            let type: ElementType = options.usesDoublePrecision ? .double : .float
            let input = builder.input("X", .tensor(type, ["batch", .fixed(estimator.featureCount)]))
            return try estimator.predict(input, of: type, &builder)
        }
    }

    /// The model of an estimator that is the whole of a file, with inputs and a prediction that `predict` adds.
    package init(
        _ estimator: any TabularEstimator,
        from file: ModelFile,
        framework: String,
        format: String,
        options: ImportOptions,
        predict: (inout GraphBuilder) throws(ModelImportError) -> TabularPrediction
    ) throws(ModelImportError) {
        guard estimator.takesDoubles || !options.usesDoublePrecision else {
            throw ModelImportError(
                .unsupported,
                "double precision is not supported for \(framework), which computes with single"
            )
        }
        let summary = estimator.summary
        var builder = GraphBuilder(name: summary.text, opsets: options.opsets)
        let prediction = try predict(&builder)
        let outputs = try builder.addOutputs(prediction, target: estimator.target, options: options)
        var report = ImportReport(
            framework: framework,
            frameworkVersion: estimator.frameworkVersion,
            format: format,
            estimator: summary,
            classLabels: estimator.target.classLabels,
            featureNames: estimator.featureNames
        )
        report.availableOutputs = outputs
        report.warnings = estimator.warnings
        self.init(builder, from: file, report: report, options: options)
    }
}
