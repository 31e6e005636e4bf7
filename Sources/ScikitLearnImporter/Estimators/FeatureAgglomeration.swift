import Diagnostics
import ModelFormats
import ModelImport

/// One feature for each cluster of features.
///
/// *Source*: scikit-learn 0.24 to 1.9, `labels_`, `pooling_func`: `numpy.mean`, `numpy.max`, `numpy.min`, `numpy.sum`.
struct FeatureAgglomeration: MatrixTransformer {
    let clusters: [[Int]]
    let pooling: String

    static let entry = EstimatorEntry("sklearn.cluster.FeatureAgglomeration") { object throws(ModelImportError) in
        .transformer(try FeatureAgglomeration(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let labels = try object.integers("labels_")
        guard labels.allSatisfy({ (0..<labels.count).contains($0) }) else {
            throw ModelImportError(.malformed, "`labels_` leaves 0..<\(labels.count)")
        }
        let count = (labels.max() ?? -1) + 1
        var clusters = [[Int]](repeating: [], count: count)
        for (feature, label) in labels.enumerated() { clusters[label].append(feature) }
        self.clusters = clusters
        let name = object.value["pooling_func"]?.globalName ?? "of another kind"
        let operators = [
            "mean": "ReduceMean", "max": "ReduceMax", "amax": "ReduceMax", "min": "ReduceMin", "amin": "ReduceMin",
            "sum": "ReduceSum",
        ]
        guard name.hasPrefix("numpy."), let pooling = name.split(separator: ".").last.flatMap({ operators[String($0)] })
        else { throw ModelImportError(.unsupported, "function `\(name)` is not supported") }
        self.pooling = pooling
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        for cluster in clusters {
            let features = try x.columns(cluster)
            parts.append(try pooling == "ReduceSum" ? features.sum() : features.reduced(pooling))
        }
        return .concatenated(parts)
    }
}
