import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// A saved estimator, with readers for its attributes that name what is wrong with them.
struct EstimatorObject {
    let value: PickleValue
    /// Readers of estimators that are no classes of scikit-learn.
    private let foreignReaders: [any PickledEstimatorReader]
    private let nesting: Int

    static let nestingLimit = 16

    init(_ value: PickleValue, foreignReaders: [any PickledEstimatorReader]) {
        self.init(value, foreignReaders: foreignReaders, nesting: 0)
    }

    private init(_ value: PickleValue, foreignReaders: [any PickledEstimatorReader], nesting: Int) {
        self.value = value
        self.foreignReaders = foreignReaders
        self.nesting = nesting
    }

    /// The class as its documentation names it: `sklearn.preprocessing.StandardScaler`.
    var className: String {
        let parts = (value.className ?? "").split(separator: ".")
        return parts.filter { !$0.hasPrefix("_") }.joined(separator: ".")
    }

    /// The class without inner modules, which moved between versions.
    private var listedName: String {
        let parts = className.split(separator: ".")
        guard parts.count > 3 else { return className }
        return "\(parts[0]).\(parts[1]).\(parts[parts.count - 1])"
    }

    /// The version of scikit-learn that saved it.
    var version: String? { value["_sklearn_version"]?.string }

    /// The estimator, read by the entry of the list that has its class.
    func fitted() throws(ModelImportError) -> FittedEstimator {
        guard nesting < Self.nestingLimit else {
            throw ModelImportError(.tooDeep, "estimators nest too deep, expected at most \(Self.nestingLimit) levels")
        }
        guard value.className != nil else {
            throw ModelImportError(.unsupported, "the pickle holds no object of scikit-learn")
        }
        if let foreign = try foreignEstimator() {
            return FittedEstimator(
                role: try Role(foreign),
                summary: foreign.summary,
                featureCount: foreign.featureCount
            )
        }
        guard let entry = estimators.first(where: { $0.classNames.contains(listedName) }) else {
            throw ModelImportError(
                .unsupported,
                "estimator `\(className)` is not supported",
                hint: "docs/estimators.md has the list of estimators"
            )
        }
        let role = try entry.read(self)
        var children: [EstimatorSummary] = []
        for (name, step) in try steps() ?? [] {
            children.append(EstimatorSummary(name: name, className: step?.className ?? "passthrough"))
        }
        return FittedEstimator(
            role: role,
            summary: EstimatorSummary(className: className, children: children),
            featureCount: try featureCount()
        )
    }

    /// The steps of a pipeline, with `nil` for one that passes through; `nil` for other estimators.
    func steps() throws(ModelImportError) -> [(name: String, object: EstimatorObject?)]? {
        guard let steps = value["steps"]?.elements else { return nil }
        var result: [(name: String, object: EstimatorObject?)] = []
        for step in steps {
            guard let pair = step.elements, pair.count == 2, let name = pair[0].string else {
                throw ModelImportError(.malformed, "`steps` holds something else than names with estimators")
            }
            let passes = pair[1].isNone || pair[1].string == "passthrough"
            result.append((name, passes ? nil : nested(pair[1])))
        }
        return result
    }

    func nested(_ value: PickleValue) -> EstimatorObject {
        EstimatorObject(value, foreignReaders: foreignReaders, nesting: nesting + 1)
    }

    /// The estimator, where it is one of another framework.
    private func foreignEstimator() throws(ModelImportError) -> (any TabularEstimator)? {
        try foreignReaders.first { $0.recognises(value) }?.estimator(value)
    }

    /// The number of features: its own, or that of the first step that has one.
    private func featureCount() throws(ModelImportError) -> Int? {
        if let foreign = try foreignEstimator() { return foreign.featureCount }
        if let count = value["n_features_in_"]?.int ?? value["n_features_"]?.int {
            guard (1...1 << 24).contains(count) else {
                throw ModelImportError(.malformed, "`n_features_in_` is \(count), expected a number from 1")
            }
            return count
        }
        for case (_, let step?) in try steps() ?? [] where step.nesting < Self.nestingLimit {
            if let count = try step.featureCount() { return count }
        }
        if let scale = try array("coef_") { return scale.shape.dimensions.last }
        for name in ["scale_", "mean_"] {
            if let array = try array(name) { return array.shape.elementCount }
        }
        return nil
    }

    /// The names of the features: its own, or those of the first step.
    func featureNames() throws(ModelImportError) -> [String]? {
        if let names = value["feature_names_in_"] { return try strings(of: names) }
        guard let first = try steps()?.first?.object, first.nesting < Self.nestingLimit else { return nil }
        return try first.featureNames()
    }

    private func strings(of names: PickleValue) throws(ModelImportError) -> [String]? {
        try importing { () throws(ModelFormatError) in
            if let objects = try names.objects() {
                let strings = objects.elements.compactMap(\.string)
                return strings.count == objects.elements.count ? strings : nil
            }
            return try names.numPyArray()?.tensor().strings
        }
    }
}
