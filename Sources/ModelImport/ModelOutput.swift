import Diagnostics

/// What a model may give for its input, by the name of the method that scikit-learn has for it.
package enum ModelOutput: String, Sendable, Hashable, CaseIterable {
    case predict
    case predictProba = "predict_proba"
    case decisionFunction = "decision_function"
    case transform
    case scoreSamples = "score_samples"
    case predictStd = "predict_std"
    case mahalanobis

    /// The name of the graph's output; that of `predict` is `label` where it predicts classes.
    package var outputName: String {
        switch self {
        case .predict: "prediction"
        case .predictProba: "probabilities"
        case .decisionFunction: "decision"
        case .transform: "transformed"
        case .scoreSamples: "scores"
        case .predictStd: "std"
        case .mahalanobis: "mahalanobis"
        }
    }
}

extension ImportOptions {
    /// Refuses a choice of outputs that an estimator does not have.
    ///
    /// *Throws*: `unsupported`, with the outputs that it has.
    package func refuseOutputs(otherThan available: [ModelOutput]) throws(ModelImportError) {
        for output in outputs ?? [] where !available.contains(output) {
            let names = available.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ModelImportError(
                .unsupported,
                "the estimator has no `\(output.rawValue)`, expected \(names.isEmpty ? "another estimator" : names)"
            )
        }
    }
}
