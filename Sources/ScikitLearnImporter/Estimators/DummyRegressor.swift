import ModelFormats
import ModelImport

/// The same numbers for every sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `constant_`, `n_outputs_`.
struct DummyRegressor: Regressor {
    let constants: [Double]

    var predictsMatrix: Bool { constants.count > 1 }

    static let entry = EstimatorEntry("sklearn.dummy.DummyRegressor") { object throws(ModelImportError) in
        .regressor(DummyRegressor(constants: try object.doubles("constant_")))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try input.doubles().filled(with: constants)
    }

    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix? {
        try input.doubles().filled(with: constants.map { _ in 0 })
    }
}
