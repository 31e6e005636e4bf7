import ModelImport

/// A regressor for each target.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`.
struct MultiOutputRegressor: Regressor {
    let regressors: [any Regressor]

    var predictsMatrix: Bool { true }
    var inputForm: InputForm { regressors[0].inputForm }

    static let entry = EstimatorEntry("sklearn.multioutput.MultiOutputRegressor") { object throws(ModelImportError) in
        .regressor(MultiOutputRegressor(regressors: try object.regressors()))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        var columns: [Matrix] = []
        for regressor in regressors { columns.append(try regressor.predict(input).cast(to: .double)) }
        return .concatenated(columns)
    }
}
