import ModelImport

/// A regressor on what others predict.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `StackingClassifier`.
struct StackingRegressor: Regressor {
    let stack: Stack
    let final: any Regressor

    var inputForm: InputForm { stack.inputForm }
    var predictsMatrix: Bool { final.predictsMatrix }

    static let entry = EstimatorEntry("sklearn.ensemble.StackingRegressor") { object throws(ModelImportError) in
        .regressor(try StackingRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        stack = try Stack(object)
        final = try object.regressor("estimator", "final_estimator_", object.estimator("final_estimator_"))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try final.predict(try stack.features(input))
    }
}
