import Diagnostics
import OnnxIR
import Tensors

/// The values of a map, each at the place that its key has in a vocabulary.
///
/// *Shapes*: a map `→ [keys of the vocabulary]`, with 0 or empty strings where the map has no entry. Entries whose keys
/// are not in the vocabulary have no place.
///
/// SPEC: the output is a vector; onnxruntime makes a row `[1, keys]` of it.
struct DictVectorizer: Operator {
    private let vocabulary: ClassLabels

    static let definition = OperatorDefinition("DictVectorizer", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        DictVectorizer(
            vocabulary: try ClassLabels(node, integers: "int64_vocabulary", strings: "string_vocabulary")
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.mapElementType(), [.fixed(vocabulary.count)])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let map = try MapInput(call, 0)
        let sources: [Int]
        switch vocabulary {
        case .integers(let vocabulary):
            sources = Self.sources(try map.keys.integers("the keys of the map"), vocabulary)
        case .strings(let vocabulary):
            sources = Self.sources(
                try map.keys.stringElements().map { ExactText($0) },
                vocabulary.map { ExactText($0) }
            )
        }
        let shape = try call.shape([sources.count])
        return [.tensor(try call.moved(map.values, to: shape, zeroed: true, AxisMap(offsets: [.listed(sources)])))]
    }

    private static func sources<Key: Hashable>(_ keys: [Key], _ vocabulary: [Key]) -> [Int] {
        let places = Dictionary(zip(keys, keys.indices), uniquingKeysWith: { first, _ in first })
        return vocabulary.map { places[$0] ?? AxisMap.nowhere }
    }
}
