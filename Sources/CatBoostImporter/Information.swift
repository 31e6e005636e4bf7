import Diagnostics
import JSON
import ModelFormats
import ModelImport

/// What a model says of itself beside its trees.
///
/// *Source*: CatBoost 1.0 to 1.2, `ModelInfo`: texts by key, many of which are JSON; in the JSON form some are objects.
struct Information {
    let objective: Objective
    /// The labels of the classes in the order of the raw scores; `nil` where they are indices, or there are none.
    let labels: ClassLabels?
    /// The probability above which the second class is predicted.
    let threshold: Double

    init(_ entries: [String: DocumentValue]) throws(ModelImportError) {
        let parameters = Self.document(entries["params"])
        guard let loss = parameters?["loss_function"]?["type"]?.string else {
            throw ModelImportError(.malformed, "`params` does not name a loss function")
        }
        objective = try Objective(named: loss)
        labels = try Self.labels(Self.document(entries["class_params"]))
        let threshold = entries["binclass_probability_threshold"]?.string.map { Double($0) ?? .nan } ?? 0.5
        guard threshold > 0, threshold < 1 else {
            throw ModelImportError(.malformed, "`binclass_probability_threshold` is no number between 0 and 1")
        }
        self.threshold = threshold
    }

    private static func document(_ value: DocumentValue?) -> DocumentValue? {
        guard let text = value?.string else { return value }
        return (try? JSONValue.parse(Array(text.utf8))).map { DocumentValue($0) }
    }

    private static func labels(_ parameters: DocumentValue?) throws(ModelImportError) -> ClassLabels? {
        guard let names = parameters?["class_names"]?.elements, !names.isEmpty else { return nil }
        let numbers = parameters?["class_names"]?.numbers ?? []
        let labels: ClassLabels
        switch parameters?["class_label_type"]?.string {
        case "Integer": labels = .ints(numbers.compactMap { Int64(exactly: $0) })
        case "Float": labels = .doubles(numbers)
        case "Boolean": labels = .bools(numbers.map { $0 != 0 })
        default: labels = .strings(names.compactMap(\.string))
        }
        guard labels.count == names.count else {
            throw ModelImportError(.malformed, "`class_names` has labels that are not of `class_label_type`")
        }
        return labels
    }
}
