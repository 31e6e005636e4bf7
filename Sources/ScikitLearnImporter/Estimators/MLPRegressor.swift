import ModelImport

/// A network that predicts numbers.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `MLPClassifier`.
struct MLPRegressor: Regressor {
    let network: Network

    var predictsMatrix: Bool { network.outputCount > 1 }

    static let entry = EstimatorEntry("sklearn.neural_network.MLPRegressor") { object throws(ModelImportError) in
        .regressor(MLPRegressor(network: try Network(object)))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix { try network(try input.doubles()) }
}
