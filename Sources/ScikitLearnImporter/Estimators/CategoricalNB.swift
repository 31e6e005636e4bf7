import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// Naive Bayes over categories, which are numbers from 0.
///
/// *Source*: scikit-learn 0.24 to 1.9, `feature_log_prob_`, `class_log_prior_`. An unknown category, an error there, counts
/// for no class.
struct CategoricalNB: Classifier {
    let classes: ClassLabels
    private let features: [(categories: Categories, rows: [Double])]
    let priors: [Double]

    static let entry = EstimatorEntry("sklearn.naive_bayes.CategoricalNB") { object throws(ModelImportError) in
        .classifier(try CategoricalNB(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let count = classes.count
        priors = try object.doubles("class_log_prior_", count: count, from: "classes_")
        var features: [(categories: Categories, rows: [Double])] = []
        for array in try object.arrays("feature_log_prob_") {
            guard array.shape.rank == 2, array.shape[0] == count else {
                throw ModelImportError(
                    .malformed,
                    "`feature_log_prob_` holds shape \(array.shape), expected \(count) rows"
                )
            }
            let elements = try importing { () throws(ModelFormatError) in try array.doubles() }
            let width = array.shape[1]
            let rows = transposed(elements, rows: count, columns: width) + [Double](repeating: 0, count: count)
            features.append((Categories(.doubles((0..<width).map { Double($0) })), rows))
        }
        self.features = features
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var parts = [try input.parts[0].graph.constant(priors, name: "priors")]
        for (index, feature) in features.enumerated() {
            parts.append(
                try feature.categories.lookUp(try input.column(index), rows: feature.rows, width: classes.count)
            )
        }
        return Classification(likelihoods: .sum(parts))
    }
}
