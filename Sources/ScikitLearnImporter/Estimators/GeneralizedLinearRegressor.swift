import ModelFormats
import ModelImport

/// Generalized linear models, whose prediction is a link's inverse of a linear function.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_`, `intercept_`, `link` and `power` of `TweedieRegressor`.
struct GeneralizedLinearRegressor: Regressor {
    let linear: LinearPrediction
    let isLogarithmic: Bool

    static let entry = EstimatorEntry(
        "sklearn.linear_model.GammaRegressor",
        "sklearn.linear_model.PoissonRegressor",
        "sklearn.linear_model.TweedieRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try GeneralizedLinearRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        let power = object.value["power"]?.double
        switch object.value["link"]?.string {
        case "identity": isLogarithmic = false
        case "log": isLogarithmic = true
        default: isLogarithmic = power.map { $0 > 0 } ?? true
        }
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let linear = try linear(try input.doubles())
        return isLogarithmic ? linear.exp() : linear
    }
}
