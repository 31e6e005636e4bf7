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
        return (parts.dropLast().filter { !$0.hasPrefix("_") } + parts.suffix(1)).joined(separator: ".")
    }

    /// Whether a version of scikit-learn from this one on saved it; one that says no version is an old one.
    func isSaved(by major: Int, _ minor: Int) -> Bool {
        let parts = (version ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
        return parts.count == 2 && (parts[0], parts[1]) >= (major, minor)
    }

    /// A class without inner modules, which moved between versions.
    private static func shortName(_ name: String) -> String {
        let parts = name.split(separator: ".")
        guard parts.count > 3 else { return name }
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
                roles: Roles(foreign),
                summary: foreign.summary,
                featureCount: foreign.featureCount
            )
        }
        let name = Self.shortName(className)
        guard let entry = estimators.first(where: { $0.classNames.contains { Self.shortName($0) == name } }) else {
            throw ModelImportError(
                .unsupported,
                "estimator `\(className)` is not supported",
                hint: "docs/estimators.md has the list of estimators"
            )
        }
        let roles = try entry.read(self)
        return FittedEstimator(roles: roles, summary: try summary(), featureCount: try featureCount())
    }

    /// The roles of an estimator inside of this one, with its name as the place of errors.
    func part(_ kind: String, _ name: String, _ object: EstimatorObject) throws(ModelImportError) -> Roles {
        try locating(.item(kind, name, object.className)) { () throws(ModelImportError) in try object.fitted().roles }
    }

    /// The estimator in an attribute.
    func estimator(_ name: String) throws(ModelImportError) -> EstimatorObject {
        guard let value = value[name], value.className != nil else {
            throw ModelImportError(.malformed, "`\(name)` is missing, expected a fitted estimator")
        }
        return nested(value)
    }

    private func summary(name: String = "") throws(ModelImportError) -> EstimatorSummary {
        guard nesting < Self.nestingLimit else { return EstimatorSummary(name: name, className: className) }
        var children: [EstimatorSummary] = []
        let steps = try steps()
        for (name, step) in try steps == nil ? namedParts() : steps ?? [] {
            children.append(
                try step?.summary(name: name) ?? EstimatorSummary(name: name, className: "passthrough")
            )
        }
        return EstimatorSummary(name: name, className: className, children: children)
    }

    /// The parts of a union or of a transformer of columns, and the estimator of a wrapper.
    private func namedParts() throws(ModelImportError) -> [(name: String, object: EstimatorObject?)] {
        let lists = value["transformers_"]?.elements ?? value["transformer_list"]?.elements ?? []
        var parts: [(name: String, object: EstimatorObject?)] = []
        for part in lists {
            guard let elements = part.elements, elements.count >= 2, let name = elements[0].string,
                elements[1].className != nil
            else { continue }
            parts.append((name, nested(elements[1])))
        }
        for name in Self.delegates {
            guard parts.isEmpty, let inner = value[name], isEstimator(inner)
            else { continue }
            parts.append((name, nested(inner)))
        }
        return parts
    }

    /// Attributes that hold the estimator to which a wrapper hands its samples.
    private static let delegates = ["best_estimator_", "estimator_", "base_estimator_", "regressor_", "estimator"]

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

    /// Whether an object inside of this one may be read.
    var nestingIsAllowed: Bool { nesting < Self.nestingLimit }

    /// An object at the depth of this one, whose own reader bounds how deep it goes.
    func sibling(_ value: PickleValue) -> EstimatorObject {
        EstimatorObject(value, foreignReaders: foreignReaders, nesting: nesting)
    }

    func nested(_ value: PickleValue) -> EstimatorObject {
        EstimatorObject(value, foreignReaders: foreignReaders, nesting: nesting + 1)
    }

    /// Whether a value is an object of a class that may be an estimator.
    private func isEstimator(_ value: PickleValue) -> Bool {
        value.className?.hasPrefix("sklearn.") == true || foreignReaders.contains { $0.recognises(value) }
    }

    /// The estimator, where it is one of another framework.
    private func foreignEstimator() throws(ModelImportError) -> (any TabularEstimator)? {
        try foreignReaders.first { $0.recognises(value) }?.estimator(value)
    }

    /// The number of features: its own, or that of the first part that has one.
    func featureCount() throws(ModelImportError) -> Int? {
        if let foreign = try foreignEstimator() { return foreign.featureCount }
        if let count = value["n_features_in_"]?.int ?? value["n_features_"]?.int {
            guard (1...1 << 24).contains(count) else {
                throw ModelImportError(.malformed, "`n_features_in_` is \(count), expected a number from 1")
            }
            return count
        }
        for inner in try inner() {
            if let count = try inner.featureCount() { return count }
        }
        if let shape = value["_idf_diag"]?["_shape"]?.elements, let count = shape.last?.int { return count }
        if let scale = try? array("coef_") { return scale.shape.dimensions.last }
        for name in ["scale_", "mean_"] {
            if let array = try? array(name) { return array.shape.elementCount }
        }
        return nil
    }

    /// The names of the features: its own, or those of the first part that has some.
    func featureNames() throws(ModelImportError) -> [String]? {
        // `_feature_names_in` is what `ColumnTransformer` had before 1.0.
        if let names = value["feature_names_in_"] ?? value["_feature_names_in"], !names.isNone {
            return try stringList(names)
        }
        for inner in try inner() {
            if let names = try inner.featureNames() { return names }
        }
        return nil
    }

    /// The estimators that take the same samples as this one.
    private func inner() throws(ModelImportError) -> [EstimatorObject] {
        guard nesting < Self.nestingLimit else { return [] }
        if let steps = try steps() { return steps.compactMap(\.object) }
        if value["transformers_"] != nil { return [] }
        var objects = try namedParts().compactMap(\.object)
        if let first = value["estimators_"]?.elements?.first, isEstimator(first) {
            objects.append(nested(first))
        }
        return objects
    }

    private func stringList(_ names: PickleValue) throws(ModelImportError) -> [String]? {
        try importing { () throws(ModelFormatError) in try names.texts() }
    }
}
