import ModelImport

/// The probabilities of the hidden units of a restricted Boltzmann machine.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_`, `intercept_hidden_`.
struct BernoulliRBM: MatrixTransformer {
    let components: Projection
    let intercepts: [Double]

    static let entry = EstimatorEntry("sklearn.neural_network.BernoulliRBM") { object throws(ModelImportError) in
        .transformer(try BernoulliRBM(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        components = try Projection(object, transposed: "components_", columns: object.int("n_features_in_"))
        intercepts = try object.doubles("intercept_hidden_", count: components.columnCount, from: "components_")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try (components(x) + x.row(intercepts, "intercept")).sigmoid()
    }
}
