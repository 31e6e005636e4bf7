import Diagnostics
import ModelFormats
import ModelImport

/// The cluster whose centre is nearest, and the distances to all centres.
///
/// *Source*: scikit-learn 0.24 to 1.9, `cluster_centers_`; `subcluster_centers_` and `subcluster_labels_` of `Birch`.
struct KMeans: Labeller, MatrixTransformer {
    let centers: [Double]
    let count: Int
    /// The cluster of each centre, where it is not the centre itself.
    let labels: [Int]?

    var inputForm: InputForm { .numbers }

    static let entry = EstimatorEntry(
        "sklearn.cluster.AffinityPropagation",
        "sklearn.cluster.Birch",
        "sklearn.cluster.KMeans",
        "sklearn.cluster.MeanShift",
        "sklearn.cluster.MiniBatchKMeans"
    ) { object throws(ModelImportError) in
        let fitted = try KMeans(object)
        let transforms = !["AffinityPropagation", "MeanShift"].contains { object.className.hasSuffix($0) }
        return Roles(predictor: .labeller(fitted), transformer: transforms ? fitted : nil)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let name = object.value["subcluster_centers_"] == nil ? "cluster_centers_" : "subcluster_centers_"
        let matrix = try object.matrix(name)
        guard matrix.rows > 0 else {
            throw ModelImportError(.unsupported, "a clusterer without centres, which predicts -1, is not supported")
        }
        centers = matrix.elements
        count = matrix.rows
        labels = try object.value["subcluster_labels_"] == nil ? nil : object.integers("subcluster_labels_")
        guard labels == nil || labels?.count == count else {
            throw ModelImportError(.malformed, "`subcluster_labels_` has another length than `subcluster_centers_`")
        }
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let nearest = try input.doubles().squaredDistances(to: centers).argMin()
        guard let labels else { return Labelling(labels: nearest) }
        return Labelling(labels: try nearest.rows(of: labels.map { Double($0) }, width: 1).cast(to: .int64))
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try x.squaredDistances(to: centers).squareRoot()
    }
}
