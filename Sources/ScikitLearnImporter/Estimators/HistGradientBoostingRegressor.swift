import ModelFormats
import ModelImport

/// Histogram-boosted trees that predict a number.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `HistogramTrees`; `loss`: `poisson` and `gamma` have logarithmic links.
struct HistGradientBoostingRegressor: Regressor {
    let trees: HistogramTrees
    let isLogarithmic: Bool

    var inputForm: InputForm { trees.inputForm }

    static let entry = EstimatorEntry(
        "sklearn.ensemble.HistGradientBoostingRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try HistGradientBoostingRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        trees = try HistogramTrees(object)
        isLogarithmic = ["gamma", "poisson"].contains(object.value["loss"]?.string)
        try object.refuse(object.value["loss"]?.className != nil, "a `loss` of one's own")
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let sums = try trees.sums(input)
        return isLogarithmic ? sums.exp() : sums
    }
}
