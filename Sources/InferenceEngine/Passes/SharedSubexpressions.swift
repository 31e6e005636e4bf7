import OnnxIR
import Tensors

extension Passes {
    /// Nodes that compute what another one has computed already, and small constants that are in the graph twice.
    static let sharedSubexpressions = GraphPass(name: "shared-subexpressions") { graph, _ throws(EngineError) in
        var replacements = sharedConstants(graph)
        var isChanged = !replacements.isEmpty
        var first: [NodeKey: LoadedNode] = [:]
        var kept: [LoadedNode] = []
        for var node in graph.nodes {
            node.inputs = node.inputs.map { $0.map { replacements[$0] ?? $0 } }
            node.captures = node.captures.map { replacements[$0] ?? $0 }
            guard let key = NodeKey(node), let known = first[key] else {
                NodeKey(node).map { first[$0] = node }
                kept.append(node)
                continue
            }
            for case let (value?, same?) in zip(node.outputs, known.outputs) { replacements[value] = same }
            isChanged = true
        }
        graph.nodes = kept
        graph.outputs = graph.outputs.map { replacements[$0] ?? $0 }
        return isChanged
    }

    private static let sharedByteCount = 1024

    /// For each small constant that has a twin before it, which that is.
    private static func sharedConstants(_ graph: LoadedGraph) -> [ValueID: ValueID] {
        struct Key: Hashable {
            let type: ElementType
            let shape: Shape
            let bytes: [UInt8]
        }
        let inputs = Set(graph.inputs)
        var first: [Key: ValueID] = [:]
        var replacements: [ValueID: ValueID] = [:]
        for (value, constant) in graph.constants.sorted(by: { $0.key < $1.key }) where !inputs.contains(value) {
            guard let tensor = constant.tensor, let bytes = tensor.region?.bytes, bytes.count <= sharedByteCount else {
                continue
            }
            let key = Key(type: tensor.elementType, shape: tensor.shape, bytes: Array(bytes))
            if let twin = first[key] { replacements[value] = twin } else { first[key] = value }
        }
        return replacements
    }
}

/// What two nodes have in common that compute the same.
private struct NodeKey: Hashable {
    private enum Attribute: Hashable {
        case float(UInt32)
        case int(Int64)
        case string([UInt8])
        case floats([UInt32])
        case ints([Int64])
        case strings([[UInt8]])
    }

    private let domain: OperatorDomain
    private let name: String
    private let version: Int
    private let attributes: [String: Attribute]
    private let inputs: [ValueID?]
    private let outputs: [Bool]

    /// `nil` for a node that may compute something else each time, or whose attributes hold tensors or graphs.
    init?(_ node: LoadedNode) {
        guard node.operation.isDeterministic, node.captures.isEmpty else { return nil }
        var attributes: [String: Attribute] = [:]
        for (name, value) in node.attributes {
            switch value {
            case .float(let float): attributes[name] = .float(float.bitPattern)
            case .int(let int): attributes[name] = .int(int)
            case .string(let bytes): attributes[name] = .string(bytes)
            case .floats(let floats): attributes[name] = .floats(floats.map(\.bitPattern))
            case .ints(let ints): attributes[name] = .ints(ints)
            case .strings(let strings): attributes[name] = .strings(strings)
            default: return nil
            }
        }
        domain = node.definition.domain
        name = node.definition.name
        version = node.version
        self.attributes = attributes
        inputs = node.inputs
        outputs = node.outputs.map { $0 != nil }
    }
}
