import Diagnostics
import ModelImport

/// The weighted median of regressors.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `estimator_weights_`.
struct AdaBoostRegressor: Regressor {
    let regressors: [any Regressor]
    let weights: [Double]

    var inputForm: InputForm { regressors[0].inputForm }

    static let entry = EstimatorEntry("sklearn.ensemble.AdaBoostRegressor") { object throws(ModelImportError) in
        .regressor(try AdaBoostRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        regressors = try object.regressors()
        let all = try object.doubles("estimator_weights_")
        guard all.count >= regressors.count else {
            throw ModelImportError(
                .malformed,
                "`estimator_weights_` has \(all.count) elements, expected \(regressors.count) from `estimators_`"
            )
        }
        weights = Array(all.prefix(regressors.count))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        var columns: [Matrix] = []
        for regressor in regressors { columns.append(try regressor.predict(input).cast(to: .double)) }
        let predictions = Matrix.concatenated(columns)
        let (sorted, order) = try predictions.top(columns.count, largest: false)
        let table = try predictions.row(weights, "weights").reshaped([-1])
        let ordered = table.gathered(at: order)
        // The weights up to each place: a product with a triangle of ones.
        let count = columns.count
        let triangle = try (0..<FilledMatrix.elementCount("the triangle of regressors", count, count)).map {
            $0 / count <= $0 % count ? 1.0 : 0.0
        }
        let sums = try ordered.product(triangle, columns: count, "triangle")
        let isAbove = try sums.greaterOrEqual(to: sums.column(count - 1) * 0.5)
        return sorted.gathered(isAbove.cast(to: .int64).argMax())
    }
}

extension Matrix {
    /// The elements of this vector at places (int64) of any shape.
    func gathered(at places: Matrix) -> Matrix {
        apply("Gather", [places], [], columns: places.columnCount)
    }
}
