import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// Boosted trees that classify.
///
/// *Source*: scikit-learn 0.24 to 1.9, `init_`, `estimators_`, `classes_`, `loss`: `deviance` is `log_loss` since 1.1. Since
/// 1.4, first predictions of several classes are centred.
struct GradientBoostingClassifier: Classifier {
    let classes: ClassLabels
    let trees: BoostedTrees
    let initial: (any Classifier)?
    let isExponential: Bool
    let centresInitial: Bool
    /// Whether first probabilities keep the distance of double's precision from 0 and 1, and not that of single.
    let clipsInDouble: Bool

    static let entry = EstimatorEntry("sklearn.ensemble.GradientBoostingClassifier") {
        object throws(ModelImportError) in
        .classifier(try GradientBoostingClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        trees = try BoostedTrees(object)
        guard trees.outputCount == (classes.count == 2 ? 1 : classes.count) else {
            throw ModelImportError(
                .malformed,
                "`estimators_` has \(trees.outputCount) columns, expected them from \(classes.count) classes"
            )
        }
        initial =
            try object.value["init_"]?.className == nil
            ? nil : object.classifier("estimator", "init_", try object.estimator("init_"))
        isExponential = object.value["loss"]?.string == "exponential"
        clipsInDouble = object.isSaved(by: 1, 8)
        centresInitial = object.value["_loss"]?.className?.contains("sklearn._loss") == true
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var decision = try trees.sums(input)
        if let initial { decision = try decision + first(try initial.classify(input).requiredProbabilities()) }
        guard classes.count == 2 else {
            return Classification(
                indices: decision.argMax(),
                probabilities: decision.softmax(),
                decision: decision
            )
        }
        let scaled = try isExponential ? decision * 2 : decision
        return Classification(
            indices: try decision.greaterOrEqual(to: 0).cast(to: .int64),
            probabilities: try scaled.sigmoid().withComplement(),
            decision: decision
        )
    }

    private func first(_ probabilities: Matrix) throws(ModelImportError) -> Matrix {
        let smallest = clipsInDouble ? Double.ulpOfOne : Double(Float.ulpOfOne)
        let bounded = try probabilities.clipped(smallest, 1 - smallest)
        guard classes.count == 2 else {
            let logarithms = bounded.log()
            return try centresInitial ? logarithms - logarithms.sum() / Double(classes.count) : logarithms
        }
        let second = try bounded.column(1)
        let odds = try (second / (1 - second)).log()
        return try isExponential ? odds * 0.5 : odds
    }
}
