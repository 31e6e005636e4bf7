import Diagnostics
import Foundation
import ModelFormats
import ModelImport
import Tensors

/// Classes by normal distributions with covariances of their own.
///
/// *Source*: scikit-learn 0.24 to 1.9, `means_`, `priors_`, `rotations_`, `scalings_`.
struct QuadraticDiscriminantAnalysis: Classifier {
    let classes: ClassLabels
    private let parts: [(mean: [Double], axes: [Double], axisCount: Int, constant: Double)]

    static let entry = EstimatorEntry(
        "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis"
    ) { object throws(ModelImportError) in
        .classifier(try QuadraticDiscriminantAnalysis(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let count = classes.count
        let width = try object.matrix("means_").columns
        let means = try object.matrix("means_", rows: count)
        let priors = try object.doubles("priors_", count: count, from: "classes_")
        let rotations = try object.arrays("rotations_")
        let scalings = try object.arrays("scalings_")
        var parts: [(mean: [Double], axes: [Double], axisCount: Int, constant: Double)] = []
        for index in 0..<count {
            guard index < rotations.count, index < scalings.count, rotations[index].shape.rank == 2 else {
                throw ModelImportError(.malformed, "`rotations_` and `scalings_` are not those of \(count) classes")
            }
            let axes = try importing { () throws(ModelFormatError) in try rotations[index].doubles() }
            let scales = try importing { () throws(ModelFormatError) in try scalings[index].doubles() }
            guard axes.count == width * scales.count, !scales.isEmpty else {
                throw ModelImportError(
                    .malformed,
                    "`rotations_` has shape \(rotations[index].shape), expected \(width) rows"
                )
            }
            parts.append(
                (
                    mean: Array(means[index * width..<(index + 1) * width]),
                    axes: axes.indices.map { axes[$0] / scales[$0 % scales.count].squareRoot() },
                    axisCount: scales.count,
                    constant: log(priors[index]) - 0.5 * scales.map { log($0) }.reduce(0, +)
                )
            )
        }
        self.parts = parts
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let x = try input.doubles()
        var columns: [Matrix] = []
        for part in parts {
            let centred = try x - x.row(part.mean, "mean")
            let norms = try centred.product(part.axes, columns: part.axisCount, "axes").squared().sum()
            columns.append(try norms * -0.5 + part.constant)
        }
        let likelihoods = Matrix.concatenated(columns)
        let difference = classes.count == 2 ? columns[1] - columns[0] : likelihoods
        return Classification(likelihoods: likelihoods, decision: difference)
    }
}
