import Diagnostics
import ModelImport

extension EstimatorObject {
    /// The classifier in a part.
    func classifier(_ kind: String, _ name: String, _ object: EstimatorObject) throws(ModelImportError)
        -> any Classifier
    {
        guard case .classifier(let classifier) = try part(kind, name, object).predictor else {
            throw ModelImportError(
                .unsupported,
                at: .item(kind, name, object.className),
                "an estimator that does not predict the classes of one target is not supported here"
            )
        }
        return classifier
    }

    /// The regressor in a part.
    func regressor(_ kind: String, _ name: String, _ object: EstimatorObject) throws(ModelImportError) -> any Regressor
    {
        guard case .regressor(let regressor) = try part(kind, name, object).predictor else {
            throw ModelImportError(
                .unsupported,
                at: .item(kind, name, object.className),
                "an estimator that predicts no numbers is not supported here"
            )
        }
        return regressor
    }

    /// The classifiers of a list.
    func classifiers(_ name: String = "estimators_") throws(ModelImportError) -> [any Classifier] {
        var result: [any Classifier] = []
        for (index, object) in try nestedList(name).enumerated() {
            let constant = try ConstantClassifier(object)
            if let constant {
                result.append(constant)
            } else {
                result.append(try classifier("estimator", "\(index)", object))
            }
        }
        guard !result.isEmpty else { throw ModelImportError(.malformed, "`\(name)` is empty, expected estimators") }
        return result
    }

    /// The regressors of a list.
    func regressors(_ name: String = "estimators_") throws(ModelImportError) -> [any Regressor] {
        var result: [any Regressor] = []
        for (index, object) in try nestedList(name).enumerated() {
            result.append(try regressor("estimator", "\(index)", object))
        }
        guard !result.isEmpty else { throw ModelImportError(.malformed, "`\(name)` is empty, expected estimators") }
        return result
    }
}

extension Classification {
    /// The score of the second of two classes that other estimators build on, and above what it speaks for it.
    ///
    /// *Source*: scikit-learn 0.24 to 1.9, `multiclass._predict_binary`: the decision, or else the probability.
    func binaryScore() throws(ModelImportError) -> (score: Matrix, threshold: Double) {
        if let decision { return (try decision.cast(to: .double).column(0), 0) }
        guard let probabilities else {
            throw ModelImportError(
                .unsupported,
                "a classifier with neither decisions nor probabilities is not supported"
            )
        }
        return try (probabilities.cast(to: .double).column(probabilities.columnCount - 1), 0.5)
    }

    /// Probabilities in double.
    func requiredProbabilities() throws(ModelImportError) -> Matrix {
        guard let probabilities else {
            throw ModelImportError(.unsupported, "a classifier without `predict_proba` is not supported here")
        }
        return probabilities.cast(to: .double)
    }
}

extension ClassLabels {
    /// For each of these labels, its place among others.
    func places(in others: ClassLabels) throws(ModelImportError) -> [Int] {
        let own = keys
        let all = others.keys
        var places: [Int] = []
        for key in own {
            guard let place = all.firstIndex(of: key) else {
                throw ModelImportError(.malformed, "class `\(key)` of an estimator is none of the ensemble's")
            }
            places.append(place)
        }
        return places
    }

    /// Labels as text, in which `1`, `1.0` and `true` are the same.
    private var keys: [String] {
        switch self {
        case .ints(let labels): labels.map { "\(Double($0))" }
        case .doubles(let labels): labels.map { "\($0)" }
        case .bools(let labels): labels.map { $0 ? "1.0" : "0.0" }
        case .strings(let labels): labels
        }
    }

    /// Labels as numbers; `nil` for text.
    var numbers: [Double]? {
        switch self {
        case .ints(let labels): labels.map { Double($0) }
        case .doubles(let labels): labels
        case .bools(let labels): labels.map { $0 ? 1 : 0 }
        case .strings: nil
        }
    }
}

extension Matrix {
    /// The columns at other places among `count`, the rest zero.
    func spread(to places: [Int], of count: Int) throws(ModelImportError) -> Matrix {
        guard !places.elementsEqual(0..<count) else { return self }
        let rows = try FilledMatrix.indicators("the places of columns", places, width: count)
        return try product(rows, columns: count, "places")
    }

    /// For each sample (int64, `[batch, 1]`) the row of the identity matrix: double, `[batch, count]`.
    func indicators(_ count: Int) throws(ModelImportError) -> Matrix {
        try equal(to: row((0..<count).map { Double($0) }, "places")).cast(to: .double)
    }

    /// The sum of matrices.
    static func sum(_ parts: [Matrix]) -> Matrix {
        parts.dropFirst().reduce(parts[0]) { $0 + $1 }
    }
}
