import ModelFormats
import ModelImport
import Tensors

/// The linear models whose prediction is the linear function itself.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_` and `intercept_`.
struct LinearRegression: Regressor {
    let linear: LinearPrediction
    let predictsMatrix: Bool

    static let entry = EstimatorEntry(
        "sklearn.linear_model.ElasticNet",
        "sklearn.linear_model.ElasticNetCV",
        "sklearn.linear_model.HuberRegressor",
        "sklearn.linear_model.Lars",
        "sklearn.linear_model.LarsCV",
        "sklearn.linear_model.Lasso",
        "sklearn.linear_model.LassoCV",
        "sklearn.linear_model.LassoLars",
        "sklearn.linear_model.LassoLarsCV",
        "sklearn.linear_model.LassoLarsIC",
        "sklearn.linear_model.LinearRegression",
        "sklearn.linear_model.MultiTaskElasticNet",
        "sklearn.linear_model.MultiTaskElasticNetCV",
        "sklearn.linear_model.MultiTaskLasso",
        "sklearn.linear_model.MultiTaskLassoCV",
        "sklearn.linear_model.OrthogonalMatchingPursuit",
        "sklearn.linear_model.OrthogonalMatchingPursuitCV",
        "sklearn.linear_model.PassiveAggressiveRegressor",
        "sklearn.linear_model.QuantileRegressor",
        "sklearn.linear_model.Ridge",
        "sklearn.linear_model.RidgeCV",
        "sklearn.linear_model.SGDRegressor",
        "sklearn.linear_model.TheilSenRegressor",
        "sklearn.svm.LinearSVR"
    ) { object throws(ModelImportError) in
        .regressor(try LinearRegression(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        predictsMatrix = try object.array("coef_")?.shape.rank == 2
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try linear(try input.doubles())
    }
}
