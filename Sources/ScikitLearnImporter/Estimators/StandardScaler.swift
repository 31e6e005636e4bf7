import ModelImport
import OnnxBuilder

/// Subtracts means and divides by standard deviations.
///
/// *Source*: scikit-learn 0.24 to 1.9, `mean_` and `scale_`, `None` where `with_mean` or `with_std` is false.
struct StandardScaler: Transformer {
    let means: [Double]?
    let scales: [Double]?

    static let entry = EstimatorEntry("sklearn.preprocessing.StandardScaler") { object throws(ModelImportError) in
        .transformer(try StandardScaler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        means =
            try object.bool("with_mean") ? object.doubles("mean_", count: count, from: "n_features_in_") : nil
        scales =
            try object.bool("with_std") ? object.doubles("scale_", count: count, from: "n_features_in_") : nil
    }

    func transform(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        var result = matrix.cast(to: .double, in: &builder)
        if let means {
            let constant = builder.constant(try tensor(means, [means.count]), name: "mean")
            result.value = builder.node("Sub", [result.value, constant])
        }
        if let scales {
            let constant = builder.constant(try tensor(scales, [scales.count]), name: "scale")
            result.value = builder.node("Div", [result.value, constant])
        }
        return result
    }
}
