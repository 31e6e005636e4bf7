import Diagnostics
import ModelFormats
import ModelImport

/// Transformers of the same features, side by side.
///
/// *Source*: scikit-learn 0.24 to 1.9, `transformer_list`, `transformer_weights`.
struct FeatureUnion: Transformer {
    let branches: [Branch]

    static let entry = EstimatorEntry("sklearn.pipeline.FeatureUnion") { object throws(ModelImportError) in
        .transformer(try FeatureUnion(object))
    }

    var inputForm: InputForm { .shared(by: branches.map { $0.transformer?.inputForm ?? .numbers }) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let weights = object.value["transformer_weights"]
        var branches: [Branch] = []
        for element in try object.list("transformer_list") {
            guard let parts = element.elements, parts.count == 2, let name = parts[0].string else {
                throw ModelImportError(.malformed, "`transformer_list` holds something else than names with estimators")
            }
            if parts[1].string == "drop" { continue }
            branches.append(try Branch(object, name: name, parts[1], weight: weights?[name]?.double))
        }
        guard !branches.isEmpty else {
            throw ModelImportError(.unsupported, "a union that keeps no transformer is not supported")
        }
        let names = branches.compactMap { branch -> [String]? in
            if case .frame(let names, _) = branch.transformer?.inputForm { names } else { nil }
        }
        try object.refuse(Set(names).count > 1, "a union of vectorizers of different dictionaries")
        self.branches = branches
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var parts: [Matrix] = []
        for branch in branches { parts += try branch.transform(input).parts }
        return Table(parts)
    }
}
