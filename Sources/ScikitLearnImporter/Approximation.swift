import ModelFormats

/// What a model does otherwise than the estimator that it was made of, where ONNX has no way to do the same.
struct Approximation {
    /// The name of the class, without its modules.
    let className: String
    /// The parameter and the value that this is about; `nil` for every value.
    let condition: (parameter: String, value: String)?
    let text: String

    /// In alphabetical order; docs/estimators.md says the same of these classes.
    static let all = [
        Approximation("CategoricalNB", nil, "unknown categories, an error there, count for no class"),
        Approximation("DictVectorizer", nil, "0 or the empty string stands for a name that a dictionary has not got"),
        Approximation("FeatureHasher", nil, "the empty string, which counts there, stands for none"),
        Approximation("HashingVectorizer", nil, "each row has a number for all of `n_features`, and none is sparse"),
        Approximation(
            "IsotonicRegression",
            ("out_of_bounds", "raise"),
            "what is out of bounds, an error there, gives NaN"
        ),
        Approximation("KNNImputer", nil, "of equally far neighbours the first ones count"),
        Approximation("OneHotEncoder", ("handle_unknown", "error"), "unknown categories, an error there, become zeros"),
        Approximation("OrdinalEncoder", ("handle_unknown", "error"), "unknown categories, an error there, become NaN"),
        Approximation(
            "SplineTransformer",
            ("extrapolation", "error"),
            "what is out of bounds, an error there, continues"
        ),
    ]

    private init(_ className: String, _ condition: (String, String)?, _ text: String) {
        self.className = className
        self.condition = condition.map { (parameter: $0.0, value: $0.1) }
        self.text = text
    }

    /// The warnings about the estimators in a file, each once, in the order of the list.
    static func warnings(about tree: PickleTree) -> [String] {
        var found: Set<String> = []
        for index in tree.nodes.indices {
            guard case .object = tree.nodes[index] else { continue }
            let object = PickleValue(tree: tree, index: index)
            guard let className = object.className, className.hasPrefix("sklearn."),
                let name = className.split(separator: ".").last.map(String.init),
                let approximation = all.first(where: { $0.className == name }), !found.contains(name)
            else { continue }
            if let (parameter, value) = approximation.condition, object[parameter]?.string != value { continue }
            // What was never fitted is a prototype, and predicts nothing.
            guard object.attributes.contains(where: { $0.name.hasSuffix("_") && !$0.name.hasPrefix("_") }) else {
                continue
            }
            found.insert(name)
        }
        return all.filter { found.contains($0.className) }.map { "`\($0.className)`: \($0.text)" }
    }
}
