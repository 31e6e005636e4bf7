import Diagnostics
import ModelFormats
import ModelImport

/// A regressor of a transformed target.
///
/// *Source*: scikit-learn 0.24 to 1.9, `regressor_`, `transformer_`, `_training_dim`.
struct TransformedTargetRegressor: Regressor {
    let regressor: any Regressor
    let transformer: any InverseTransformer
    let predictsMatrix: Bool

    var inputForm: InputForm { regressor.inputForm }

    static let entry = EstimatorEntry("sklearn.compose.TransformedTargetRegressor") { object throws(ModelImportError) in
        .regressor(try TransformedTargetRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        regressor = try object.regressor("estimator", "regressor_", object.estimator("regressor_"))
        predictsMatrix = object.value["_training_dim"]?.int != 1
        let target = try object.estimator("transformer_")
        guard
            let transformer = try object.part("transformer", "transformer_", target).transformer
                as? any InverseTransformer
        else { throw ModelImportError(.unsupported, "the inverse of `\(target.className)` is not supported") }
        self.transformer = transformer
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try transformer.inverseTransform(try regressor.predict(input).cast(to: .double))
    }
}
