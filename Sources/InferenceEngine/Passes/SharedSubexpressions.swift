import OnnxIR
import Tensors

extension Passes {
    /// Nodes that compute what another one has computed already, and small constants that are in the graph twice.
    static let sharedSubexpressions = GraphPass(name: "shared-subexpressions") { graph, _ throws(EngineError) in
        var replacements = sharedConstants(graph)
        var isChanged = !replacements.isEmpty
        var first: [NodeKey: [LoadedNode]] = [:]
        var kept: [LoadedNode] = []
        for var node in graph.nodes {
            node.inputs = node.inputs.map { $0.map { replacements[$0] ?? $0 } }
            node.captures = node.captures.map { replacements[$0] ?? $0 }
            guard node.operation.isDeterministic, node.captures.isEmpty else {
                kept.append(node)
                continue
            }
            let key = NodeKey(node)
            guard let known = first[key]?.first(where: { haveSameAttributes($0, node) }) else {
                first[key, default: []].append(node)
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

    /// Whether the attributes are the same, and none holds tensors or graphs.
    ///
    /// PERF: attributes are compared and not hashed, because those of trees are long, and few nodes are alike in all else.
    private static func haveSameAttributes(_ first: LoadedNode, _ second: LoadedNode) -> Bool {
        guard first.attributes.count == second.attributes.count else { return false }
        return first.attributes.allSatisfy { name, value in
            switch (value, second.attributes[name]) {
            case (.float(let one), .float(let other)): one.bitPattern == other.bitPattern
            case (.int(let one), .int(let other)): one == other
            case (.string(let one), .string(let other)): one == other
            case (.floats(let one), .floats(let other)):
                one.lazy.map(\.bitPattern).elementsEqual(other.lazy.map(\.bitPattern))
            case (.ints(let one), .ints(let other)): one == other
            case (.strings(let one), .strings(let other)): one == other
            default: false
            }
        }
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

/// What two nodes have in common that compute the same, their attributes aside.
private struct NodeKey: Hashable {
    private let domain: OperatorDomain
    private let name: String
    private let version: Int
    private let inputs: [ValueID?]
    private let outputs: [Bool]

    init(_ node: LoadedNode) {
        domain = node.definition.domain
        name = node.definition.name
        version = node.version
        inputs = node.inputs
        outputs = node.outputs.map { $0 != nil }
    }
}
