import Diagnostics
import ModelFormats
import ModelImport

/// Which of several intervals a number is in.
///
/// *Source*: scikit-learn 0.24 to 1.9, `bin_edges_`, `encode`, `n_bins_`.
struct KBinsDiscretizer: MatrixTransformer {
    /// For each feature the edges between its bins.
    let edges: [[Double]]
    let isOneHot: Bool

    static let entry = EstimatorEntry("sklearn.preprocessing.KBinsDiscretizer") { object throws(ModelImportError) in
        .transformer(try KBinsDiscretizer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        var edges: [[Double]] = []
        for array in try object.arrays("bin_edges_") {
            let all = try importing { () throws(ModelFormatError) in try array.doubles() }
            edges.append(Array(all.dropFirst().dropLast()))
        }
        self.edges = edges
        isOneHot = try object.string("encode") != "ordinal"
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        for (index, edges) in edges.enumerated() {
            let column = try x.column(index)
            let place =
                edges.isEmpty
                ? try column.filled(with: [0]).cast(to: .int64)
                : try column.greaterOrEqual(to: column.row(edges, "edges")).cast(to: .int64).sum()
            let count = edges.count + 1
            guard isOneHot else {
                parts.append(place.cast(to: .double))
                continue
            }
            parts.append(try place.indicators(count))
        }
        return Matrix.concatenated(parts)
    }
}
