import Diagnostics
import ModelFormats
import ModelImport

/// Classifiers in an order, each with the predictions of those before it as features.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `order_`, `chain_method_` (1.5; `predict` before).
struct ClassifierChain: MultiClassifier {
    let classifiers: [any Classifier]
    let order: [Int]
    let method: String

    var targetClasses: [ClassLabels] { order.inverted.map { classifiers[$0].classes } }

    static let entry = EstimatorEntry("sklearn.multioutput.ClassifierChain") { object throws(ModelImportError) in
        .multiClassifier(try ClassifierChain(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classifiers = try object.classifiers()
        order = try object.chainOrder(count: classifiers.count)
        method = object.value["chain_method_"]?.string ?? "predict"
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        var features = try input.doubles()
        var results: [Classification] = []
        for classifier in classifiers {
            let result = try classifier.classify(Table(features))
            results.append(result)
            features = .concatenated([features, try feature(result, classifier.classes)])
        }
        let ordered = order.inverted.map { results[$0] }
        var probabilities: [Matrix] = []
        for result in ordered {
            if let all = result.probabilities { probabilities.append(try all.cast(to: .double).column(1)) }
        }
        let decisions = ordered.compactMap { $0.decision?.cast(to: .double) }
        let isBinary = decisions.allSatisfy { $0.columnCount == 1 }
        return MultiClassification(
            indices: ordered.map(\.indices),
            probabilities: probabilities.count == ordered.count ? [.concatenated(probabilities)] : [],
            decision: decisions.count == ordered.count && isBinary ? .concatenated(decisions) : nil
        )
    }

    private func feature(_ result: Classification, _ classes: ClassLabels) throws(ModelImportError) -> Matrix {
        switch method {
        case "predict_proba": return try result.requiredProbabilities().column(1)
        case "decision_function":
            guard let decision = result.decision else {
                throw ModelImportError(.unsupported, "a classifier without `decision_function` is not supported here")
            }
            return decision.cast(to: .double)
        case "predict":
            guard let numbers = classes.numbers else {
                throw ModelImportError(.unsupported, "predicted text as a feature is not supported")
            }
            return try result.indices.rows(of: numbers, width: 1)
        default: throw ModelImportError(.unsupported, "`chain_method=\(method)` is not supported")
        }
    }
}

extension EstimatorObject {
    /// The order of a chain: a permutation of its targets.
    func chainOrder(count: Int) throws(ModelImportError) -> [Int] {
        let listed = value["order_"]?.elements?.compactMap(\.int)
        let order = try listed == nil ? integers("order_") : listed ?? []
        guard order.sorted() == Array(0..<count) else {
            throw ModelImportError(.malformed, "`order_` is no order of \(count) targets")
        }
        return order
    }
}

extension [Int] {
    /// For each place, where a permutation has it.
    var inverted: [Int] {
        var result = [Int](repeating: 0, count: count)
        for (index, place) in enumerated() where indices.contains(place) { result[place] = index }
        return result
    }
}
