import ModelImport

/// Centres a kernel's values as if the features behind it were centred.
///
/// *Source*: scikit-learn 0.24 to 1.9, `K_fit_rows_`, `K_fit_all_`.
struct KernelCenterer: MatrixTransformer {
    let rowMeans: [Double]
    let mean: Double

    static let entry = EstimatorEntry("sklearn.preprocessing.KernelCenterer") { object throws(ModelImportError) in
        .transformer(try KernelCenterer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        rowMeans = try object.doubles("K_fit_rows_")
        mean = try object.double("K_fit_all_")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let own = try x.sum() / Double(rowMeans.count)
        return try x - x.row(rowMeans, "row_means") - own + mean
    }
}
