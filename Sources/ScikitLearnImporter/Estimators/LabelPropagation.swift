import Diagnostics
import ModelFormats
import ModelImport

/// The labels of the training samples near a sample, as they spread in training.
///
/// *Source*: scikit-learn 0.24 to 1.9, `X_`, `label_distributions_`, `kernel`, `gamma`, `n_neighbors`.
struct LabelPropagation: Classifier {
    let classes: ClassLabels
    let samples: [Double]
    let sampleCount: Int
    let distributions: [Double]
    /// `nil` where the nearest samples count.
    let kernel: Kernel?
    let neighborCount: Int

    static let entry = EstimatorEntry(
        "sklearn.semi_supervised.LabelPropagation",
        "sklearn.semi_supervised.LabelSpreading"
    ) { object throws(ModelImportError) in
        .classifier(try LabelPropagation(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let matrix = try object.matrix("X_")
        samples = matrix.elements
        sampleCount = matrix.rows
        distributions = try object.matrix("label_distributions_", rows: matrix.rows, columns: classes.count)
        let isNearest = object.value["kernel"]?.string == "knn"
        kernel = try isNearest ? nil : Kernel(object, gamma: object.double("gamma"))
        neighborCount = try object.int("n_neighbors")
        guard !isNearest || (1...max(1, sampleCount)).contains(neighborCount) else {
            throw ModelImportError(.malformed, "`n_neighbors` is \(neighborCount), expected 1 to \(sampleCount)")
        }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let x = try input.doubles()
        let weights: Matrix
        if let kernel {
            weights = try kernel(x, samples)
        } else {
            weights = try nearest(x)
        }
        let sums = try weights.product(distributions, columns: classes.count, "labels")
        let probabilities = try sums / sums.sum()
        return Classification(indices: probabilities.argMax(), probabilities: probabilities)
    }

    private func nearest(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let distances = try Metric.euclidean(x, samples)
        let last = try distances.top(neighborCount, largest: false).values.column(neighborCount - 1)
        return distances.lessOrEqual(to: last).cast(to: .double)
    }
}
