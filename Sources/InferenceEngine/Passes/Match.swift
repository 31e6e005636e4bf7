import OnnxIR
import Tensors

/// An attempt to find a pattern that ends in one node, and the nodes that were found to belong to it.
struct Match {
    let index: GraphIndex
    /// The place of the last node of the pattern.
    let root: Int
    /// The places of the others.
    private(set) var interior: Set<Int> = []

    init(_ index: GraphIndex, root: Int) {
        self.index = index
        self.root = root
    }

    /// The last node of the pattern.
    var node: LoadedNode { index.graph.nodes[root] }

    /// What the pattern computes.
    var output: ValueID? { node.outputs.first ?? nil }

    /// Whether all that lies inside the pattern is read in it alone.
    var isPrivate: Bool {
        let all = interior.union([root])
        return interior.allSatisfy { position in
            index.graph.nodes[position].outputs.allSatisfy { $0.map { index.isRead($0, onlyBy: all) } ?? true }
        }
    }

    /// What is known of a value.
    func facts(_ value: ValueID?) -> Facts { value.map { index.facts[$0] } ?? .unknown }

    /// Whether all these values are tensors of `float`.
    func areFloat(_ values: ValueID?...) -> Bool { values.allSatisfy { facts($0).elementType == .float } }

    /// The node that makes a value, when it is of one of these operators; it joins the pattern.
    mutating func maker(of value: ValueID?, _ names: String...) -> LoadedNode? {
        guard let value, let position = index.maker(of: value) else { return nil }
        let node = index.graph.nodes[position]
        guard node.definition.domain == .onnx, names.contains(node.definition.name), node.outputs == [value],
            !node.hasLegacyBroadcast
        else { return nil }
        if position != root { interior.insert(position) }
        return node
    }

    /// As `maker`, for a value that the pattern may step over: what it ends in, or what one node reads.
    mutating func step(to value: ValueID, _ names: String...) -> LoadedNode? {
        guard value == output || index.hasOneReader(value), let position = index.maker(of: value) else { return nil }
        let node = index.graph.nodes[position]
        guard names.contains(node.definition.name) else { return nil }
        return maker(of: value, node.definition.name)
    }

    /// The input of the node that makes a value by a function of one tensor; the node joins the pattern.
    mutating func argument(of value: ValueID?, _ name: String) -> ValueID? {
        maker(of: value, name)?.inputs.first ?? nil
    }

    /// Tries something that leaves the match as it was when it finds nothing.
    mutating func attempt<Result>(_ body: (inout Match) -> Result?) -> Result? {
        var copy = self
        guard let result = body(&copy) else { return nil }
        self = copy
        return result
    }

    /// Tries the two inputs of a node in one order, then in the other.
    mutating func commuted<Result>(
        _ node: LoadedNode,
        _ body: (inout Match, ValueID, ValueID) -> Result?
    ) -> Result? {
        guard node.inputs.count == 2, let first = node.input(0), let second = node.input(1) else { return nil }
        return attempt { body(&$0, first, second) } ?? attempt { body(&$0, second, first) }
    }
}

extension LoadedNode {
    /// Whether the second input is aligned with an axis of the first, as before opset 7.
    fileprivate var hasLegacyBroadcast: Bool {
        version < 7 && attributes["axis"] != nil && isStandard("Add", "Sub", "Mul", "Div", "Pow")
    }
}

extension GraphPass {
    /// A pass that puts one operator in the place of several.
    ///
    /// `pattern` is tried on every node of the operators `roots`, later ones first, and sketches what stands for it and
    /// for all that joined the match.
    static func fusion(
        _ name: String,
        roots: String...,
        pattern: @escaping @Sendable (inout Match) -> NodeSketch?
    ) -> GraphPass {
        GraphPass(name: name) { graph, context throws(EngineError) in
            let isRoot = { (node: LoadedNode) in
                node.definition.domain == .onnx && roots.contains(node.definition.name) && node.outputs.count == 1
                    && !node.hasLegacyBroadcast
            }
            guard graph.nodes.contains(where: isRoot) else { return false }
            let index = context.index(of: graph)
            var replaced: [Int: [LoadedNode]] = [:]
            for position in graph.nodes.indices.reversed() where replaced[position] == nil {
                let node = index.graph.nodes[position]
                var match = Match(index, root: position)
                guard isRoot(node), let output = match.output, let sketch = pattern(&match), match.isPrivate,
                    let made = try? graph.make(sketch, output: output, label: node.label)
                else { continue }
                for inner in match.interior { replaced[inner] = [] }
                replaced[position] = made
            }
            guard !replaced.isEmpty else { return false }
            graph.nodes = index.graph.nodes.enumerated().flatMap { replaced[$0.offset] ?? [$0.element] }
            return true
        }
    }
}
