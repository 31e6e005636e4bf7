import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// The class whose centroid is nearest.
///
/// *Source*: scikit-learn 0.24 to 1.9, `centroids_`, `metric`; since 1.7 `class_prior_` and `within_class_std_dev_`, with
/// probabilities.
struct NearestCentroid: Classifier {
    let classes: ClassLabels
    let metric: Metric
    let centroids: [Double]
    let scoring: (deviations: [Double], priors: [Double])?
    let isEuclidean: Bool

    static let entry = EstimatorEntry("sklearn.neighbors.NearestCentroid") { object throws(ModelImportError) in
        .classifier(try NearestCentroid(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let name = try object.string("metric")
        metric = try Metric(name, exponent: nil)
        isEuclidean = name == "euclidean"
        let width = try object.matrix("centroids_").columns
        centroids = try object.matrix("centroids_", rows: classes.count)
        guard object.value["class_prior_"] != nil else {
            scoring = nil
            return
        }
        let deviations = try object.doubles("within_class_std_dev_", count: width, from: "centroids_")
        let priors = try object.doubles("class_prior_", count: classes.count, from: "classes_")
        scoring = (deviations.map { $0 == 0 ? 1 : $0 }, priors)
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let x = try input.doubles()
        let nearest = try metric(x, centroids).argMin()
        guard let scoring else { return Classification(indices: nearest) }
        let scaled = try x / x.row(scoring.deviations, "deviations")
        let width = x.columnCount
        let centers = centroids.indices.map { centroids[$0] / scoring.deviations[$0 % width] }
        let scores =
            try metric(scaled, centers).squared() * -1
            + x.row(scoring.priors.map { 2 * log($0) }, "priors")
        let share = 1 / Double(classes.count)
        let isUniform = scoring.priors.allSatisfy { abs($0 - share) <= 1e-8 + 1e-5 * share }
        let isBinary = classes.count == 2
        let decision = try isBinary ? scores.column(1) - scores.column(0) : scores
        let indices = try isUniform ? nearest : isBinary ? decision.decidedClass() : scores.argMax()
        guard isEuclidean else { return Classification(indices: indices) }
        return Classification(indices: indices, probabilities: scores.softmax(), decision: decision)
    }
}
