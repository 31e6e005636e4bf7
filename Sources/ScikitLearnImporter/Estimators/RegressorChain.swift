import ModelImport

/// Regressors in an order, each with the predictions of those before it as features.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `order_`.
struct RegressorChain: Regressor {
    let regressors: [any Regressor]
    let order: [Int]

    var predictsMatrix: Bool { true }

    static let entry = EstimatorEntry("sklearn.multioutput.RegressorChain") { object throws(ModelImportError) in
        .regressor(try RegressorChain(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        regressors = try object.regressors()
        order = try object.chainOrder(count: regressors.count)
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        var features = try input.doubles()
        var results: [Matrix] = []
        for regressor in regressors {
            let result = try regressor.predict(Table(features)).cast(to: .double)
            results.append(result)
            features = .concatenated([features, result])
        }
        return .concatenated(order.inverted.map { results[$0] })
    }
}
