import OnnxIR
import Tensors

extension Passes {
    /// Nodes that compute `float16` and `bfloat16` in `float` get and give `float`, which kernels are made for.
    ///
    /// NUMERICS: every output is rounded to the half-wide type, as the standard has it, also where the next node makes
    /// `float` of it again.
    static let wideHalves = GraphPass(name: "wide-halves") { graph, context throws(EngineError) in
        var floats: [ValueID: ValueID] = [:]
        var nodes: [LoadedNode] = []
        for var node in graph.nodes {
            guard let half = node.halfType(context.facts) else {
                nodes.append(node)
                continue
            }
            let halves = node.inputs.map { $0.flatMap { context.facts[$0].elementType == half ? half : nil } }
            for (index, input) in node.inputs.enumerated() where halves[index] != nil {
                guard let input else { continue }
                if let known = floats[input] {
                    node.inputs[index] = known
                    continue
                }
                let float = graph.newValue("\(graph.valueNames[input])/float")
                if let wide = try graph.constants[input]?.tensor.flatMap({ tensor throws(EngineError) in
                    try context.budget.widened(tensor)
                }) {
                    graph.constants[float] = .tensor(wide)
                } else {
                    nodes += try graph.make(.init(casting: input, to: .float), output: float, label: node.label)
                }
                floats[input] = float
                node.inputs[index] = float
            }
            var rounded: [LoadedNode] = []
            for (index, output) in node.outputs.enumerated() {
                guard let output, let half = node.halfType(ofOutput: index, halves) else { continue }
                let float = graph.newValue("\(graph.valueNames[output])/float")
                node.outputs[index] = float
                rounded += try graph.make(.init(casting: float, to: half), output: output, label: node.label)
            }
            nodes.append(node)
            nodes += rounded
        }
        graph.nodes = nodes
        return !floats.isEmpty
    }
}

extension LoadedNode {
    /// The half-wide type that the node is given, where it computes in `float`; `nil` where not all types are known, or
    /// `float` is among them.
    fileprivate func halfType(_ facts: GraphFacts) -> ElementType? {
        guard definition.halves == .widened, captures.isEmpty else { return nil }
        let types = inputs.map { $0.flatMap { facts[$0].elementType } }
        let halves = Set(types.compactMap(\.self)).intersection([.float16, .bfloat16])
        // What is wrong with the types is said of those that the node has.
        guard halves.count == 1, zip(inputs, types).allSatisfy({ $0 == nil || $1 != nil }), !types.contains(.float),
            !types.contains(.double), typeVariables?.agree(types) ?? true
        else { return nil }
        return halves.first
    }

    /// The half-wide type that an output is rounded to.
    fileprivate func halfType(ofOutput index: Int, _ halves: [ElementType?]) -> ElementType? {
        guard let typeVariables else { return halves.lazy.compactMap(\.self).first }
        return typeVariables.half(ofOutput: index, halves)
    }
}

extension NodeSketch {
    /// A value as another floating-point type.
    fileprivate init(casting value: ValueID, to type: ElementType) {
        self.init("Cast", opset: 13, attributes: ["to": .int(Int64(type.rawValue))], [.value(value)])
    }
}

extension FoldingBudget {
    /// A constant as `float`; `nil` when it is too large.
    fileprivate func widened(_ tensor: Tensor) throws(EngineError) -> Tensor? {
        let size = 4 * tensor.shape.elementCount
        guard size <= byteCount else { return nil }
        byteCount -= size
        return try Halves.widened(tensor)
    }
}
