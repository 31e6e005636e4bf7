import ModelFormats
import Tensors
import ModelImport
import OnnxBuilder

/// The linear models whose prediction is the linear function itself.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_` and `intercept_`.
struct LinearRegression: Regressor {
    let linear: LinearPrediction
    let predictsMatrix: Bool

    static let entry = EstimatorEntry(
        "sklearn.linear_model.ElasticNet",
        "sklearn.linear_model.Lasso",
        "sklearn.linear_model.LinearRegression",
        "sklearn.linear_model.Ridge"
    ) { object throws(ModelImportError) in
        .regressor(try LinearRegression(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        predictsMatrix = try object.array("coef_")?.shape.rank == 2
    }

    func predict(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        try linear(matrix, &builder)
    }
}
