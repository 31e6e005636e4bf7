import Diagnostics
import OnnxIR
import Tensors

/// The values of a map from integers, in the order of the keys or each at the place that its key names.
///
/// *Shapes*: a map `→ [1, entries]`, or `→ [1, max_map]` when it is sparse, with 0 or empty strings where no key is.
struct CastMap: Operator {
    private enum Target: String, CaseIterable, Sendable {
        case float = "TO_FLOAT"
        case int64 = "TO_INT64"
        case string = "TO_STRING"

        var elementType: ElementType {
            switch self {
            case .float: .float
            case .int64: .int64
            case .string: .string
            }
        }
    }

    private enum Form: String, CaseIterable, Sendable {
        case dense = "DENSE"
        case sparse = "SPARSE"
    }

    private let target: Target
    /// The length of a sparse output; `nil` for a dense one.
    private let length: Int?

    static let definition = OperatorDefinition("CastMap", domain: .onnxML, since: 1) { node throws(EngineError) in
        let form: Form = try node.choice("map_form", default: .dense)
        let length = try node.int("max_map", default: 1)
        guard form == .dense || length > 0 else { throw .attribute("max_map", length, expected: "1 or more") }
        return CastMap(
            target: try node.choice("cast_to", default: .float),
            length: form == .sparse ? length : nil
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(target.elementType, [.fixed(1), length.map { .fixed($0) } ?? .unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let map = try MapInput(call, 0)
        let keys = try map.keys.integers("the keys of the map")
        let values = try call.cast(map.values, to: target.elementType)
        let shape = try call.shape([1, length ?? keys.count])
        try call.checkTables(target.elementType, shape)
        var sources = keys.indices.sorted { keys[$0] < keys[$1] }
        if let length {
            sources = [Int](repeating: AxisMap.nowhere, count: length)
            for (index, key) in keys.enumerated() {
                guard key >= 0, key < length else {
                    throw EngineError(.index, "key \(key) is out of range, expected 0 to \(length - 1) for `max_map`")
                }
                sources[key] = index
            }
        }
        let places = AxisMap(offsets: [.listed([0]), .listed(sources)])
        return [.tensor(try call.moved(values, to: shape, zeroed: true, places))]
    }
}
