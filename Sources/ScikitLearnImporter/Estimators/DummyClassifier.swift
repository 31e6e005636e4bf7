import Diagnostics
import ModelFormats
import ModelImport

/// The same class for every sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `strategy`, `class_prior_`, `constant`, `classes_`.
struct DummyClassifier {
    let targetClasses: [ClassLabels]
    let probabilities: [[Double]]

    static let entry = EstimatorEntry("sklearn.dummy.DummyClassifier") { object throws(ModelImportError) in
        let fitted = try DummyClassifier(object)
        return object.value["n_outputs_"]?.int == 1 ? .classifier(fitted) : .multiClassifier(fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let isSingle = object.value["n_outputs_"]?.int == 1
        targetClasses = try isSingle ? [object.classes()] : object.targetClasses()
        let strategy = try object.string("strategy")
        try object.refuse(["stratified", "uniform"].contains(strategy), "the random `strategy=\(strategy)`")
        var priors: [[Double]] = []
        if isSingle {
            priors = [try object.doubles("class_prior_")]
        } else {
            for array in try object.arrays("class_prior_") {
                priors.append(try importing { () throws(ModelFormatError) in try array.doubles() })
            }
        }
        guard priors.map(\.count) == targetClasses.map(\.count) else {
            throw ModelImportError(.malformed, "`class_prior_` has another length than `classes_`")
        }
        switch strategy {
        case "prior": probabilities = priors
        case "most_frequent":
            probabilities = priors.map { Self.indicator(of: $0.firstIndex(of: $0.max() ?? 0) ?? 0, $0.count) }
        case "constant":
            guard let constant = object.value["constant"] else {
                throw ModelImportError(.malformed, "`constant` is missing, expected a label")
            }
            let objects = try importing { () throws(ModelFormatError) in try constant.objects()?.elements }
            let labels = constant.elements ?? objects
            guard labels == nil || isSingle else {
                throw ModelImportError(.unsupported, "`strategy=constant` for several targets is not supported")
            }
            let own = try Self.label(labels?.first ?? constant)
            let place = try own.places(in: targetClasses[0])[0]
            probabilities = [Self.indicator(of: place, targetClasses[0].count)]
        default: throw ModelImportError(.unsupported, "`strategy=\(strategy)` is not supported")
        }
    }

    private static func indicator(of place: Int, _ count: Int) -> [Double] {
        (0..<count).map { $0 == place ? 1 : 0 }
    }

    private static func label(_ value: PickleValue) throws(ModelImportError) -> ClassLabels {
        if let text = value.string { return .strings([text]) }
        if let number = value.double ?? value.bool.map({ $0 ? 1 : 0 }) { return .doubles([number]) }
        throw ModelImportError(.malformed, "`constant` is neither text nor a number")
    }

    private func classification(_ x: Matrix, _ probabilities: [Double]) throws(ModelImportError) -> Classification {
        let filled = try x.filled(with: probabilities)
        return Classification(indices: filled.argMax(), probabilities: filled)
    }
}

extension DummyClassifier: Classifier, MultiClassifier {
    var classes: ClassLabels { targetClasses[0] }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        try classification(try input.doubles(), probabilities[0])
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let x = try input.doubles()
        var result = MultiClassification(indices: [], probabilities: [])
        for probabilities in probabilities {
            let target = try classification(x, probabilities)
            result.indices.append(target.indices)
            result.probabilities.append(try target.requiredProbabilities())
        }
        return result
    }
}
