import ModelImport

/// A linear approximation of a one-class support vector machine.
///
/// *Source*: scikit-learn 1.0 to 1.9, `coef_` and `offset_`.
struct SGDOneClassSVM: Labeller {
    let coefficients: [Double]
    let offset: Double

    static let entry = EstimatorEntry("sklearn.linear_model.SGDOneClassSVM") { object throws(ModelImportError) in
        .labeller(try SGDOneClassSVM(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        coefficients = try object.doubles("coef_", count: object.int("n_features_in_"), from: "n_features_in_")
        offset = try object.double("offset_")
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let scores = try input.doubles().product(coefficients, columns: 1, "coef")
        return try Labelling(scores: scores, offset: offset)
    }
}
