import Diagnostics
import ModelFormats
import ModelImport

/// Codes of samples in a dictionary, by thresholds.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_` or `dictionary`, `transform_algorithm`, `transform_alpha`, `alpha`,
/// `split_sign`, `positive_code`.
struct SparseCoder: MatrixTransformer {
    let dictionary: Projection
    let threshold: Double
    let splitsSign: Bool
    let isPositive: Bool

    static let entry = EstimatorEntry(
        "sklearn.decomposition.DictionaryLearning",
        "sklearn.decomposition.MiniBatchDictionaryLearning",
        "sklearn.decomposition.SparseCoder"
    ) { object throws(ModelImportError) in
        .transformer(try SparseCoder(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let algorithm = try object.string("transform_algorithm")
        try object.refuse(algorithm != "threshold", "`transform_algorithm=\(algorithm)`")
        let name = object.value["components_"] == nil ? "dictionary" : "components_"
        let width = try object.matrix(name).columns
        dictionary = try Projection(object, transposed: name, columns: width)
        threshold = object.value["transform_alpha"]?.double ?? object.value["alpha"]?.double ?? 1
        splitsSign = object.flag("split_sign")
        isPositive = object.flag("positive_code")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let products = try dictionary(x)
        let above = try (products - threshold).atLeast(0)
        let below = try (-products - threshold).atLeast(0)
        let code = isPositive ? above : above - below
        guard splitsSign else { return code }
        return try .concatenated([code.atLeast(0), (-code).atLeast(0)])
    }
}
