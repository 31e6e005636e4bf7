import Diagnostics
import OnnxIR
import Tensors

/// A node of a fused operator, and what is known of its operands.
struct FusedNode {
    /// A sketch, and the value that it makes.
    typealias Part = (sketch: NodeSketch, output: ValueID)

    let node: LoadedNode
    let facts: GraphFacts

    var attributes: [String: AttributeValue] { node.attributes }

    func has(_ index: Int) -> Bool { node.input(index) != nil }

    func operand(_ index: Int) -> NodeSketch.Operand { node.input(index).map { .value($0) } ?? .absent }

    /// Whether these inputs, those of them that are given, hold floats.
    func areFloats(_ indices: Int...) -> Bool {
        indices.allSatisfy { index in node.input(index).map { facts[$0].elementType == .float } ?? true }
    }

    func shape(_ index: Int) -> [Dimension]? { node.input(index).flatMap { facts[$0].shape } }

    func fixedShape(_ index: Int) -> Shape? { node.input(index).flatMap { facts[$0].fixedShape } }

    func outputShape() -> [Dimension]? { output.flatMap { facts[$0].shape } }

    /// Whether an input is a vector of so many elements, or is not given.
    func isVector(_ index: Int, of count: Dimension?) -> Bool {
        guard has(index) else { return true }
        guard case .fixed? = count, let count else { return false }
        return shape(index) == [count]
    }

    var output: ValueID? { node.outputs.first ?? nil }

    func names(output index: Int) -> Bool { index < node.outputs.count && node.outputs[index] != nil }

    /// The one output, made by a sketch; `nil` where the node has others.
    func only(_ sketch: NodeSketch?) -> [Part]? {
        guard let sketch, let output, node.outputs.dropFirst().allSatisfy({ $0 == nil }) else { return nil }
        return [(sketch, output)]
    }
}

extension Passes {
    /// What ONNX Runtime's optimiser fused, in the operators of the standard, which passes and kernels are made for.
    static let fusedOperators = GraphPass(name: "fused-operators") { graph, context throws(EngineError) in
        var nodes: [LoadedNode] = []
        var isChanged = false
        for node in graph.nodes {
            guard let parts = node.operation.spelled(FusedNode(node: node, facts: context.facts), in: &graph) else {
                nodes.append(node)
                continue
            }
            for part in parts { nodes += try graph.make(part.sketch, output: part.output, label: node.label) }
            isChanged = true
        }
        graph.nodes = nodes
        return isChanged
    }
}

extension BiasGelu {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1), node.has(1) || !needsBias, let shape = node.shape(0),
            node.isVector(1, of: shape.last)
        else { return nil }
        var input = node.operand(0)
        if node.has(1) { input = .node(NodeSketch("Add", opset: 14, [input, node.operand(1)])) }
        let attributes: [String: AttributeValue] =
            function.approximation == .tanh ? ["approximate": .string("tanh")] : [:]
        return node.only(NodeSketch("Gelu", opset: 20, attributes: attributes, [input]))
    }
}

extension SkipLayerNormalization {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        let bias = isSimplified ? 3 : 4
        guard node.areFloats(0, 1, 2, 3, 4), node.has(2), let shape = node.shape(0), (2...3).contains(shape.count),
            !shape.contains(.unknown), node.shape(1) == shape, node.isVector(2, of: shape.last),
            isSimplified || node.isVector(3, of: shape.last), node.isVector(bias, of: shape.last),
            !node.names(output: 1), !node.names(output: 2), let output = node.output
        else { return nil }
        var sum = NodeSketch("Add", opset: 14, [node.operand(0), node.operand(1)])
        if node.has(bias) { sum = NodeSketch("Add", opset: 14, [.node(sum), node.operand(bias)]) }
        var parts: [FusedNode.Part] = []
        var input = NodeSketch.Operand.node(sum)
        if node.names(output: 3), let sumOutput = node.node.outputs[3] {
            parts.append((sum, sumOutput))
            input = .value(sumOutput)
        }
        let attributes: [String: AttributeValue] = ["axis": .int(-1), "epsilon": .float(epsilon)]
        let normalized =
            isSimplified
            ? NodeSketch("RMSNormalization", opset: 23, attributes: attributes, [input, node.operand(2)])
            : NodeSketch(
                "LayerNormalization",
                opset: 17,
                attributes: attributes,
                [input, node.operand(2), node.operand(3)]
            )
        return parts + [(normalized, output)]
    }
}

extension SimplifiedLayerNormalization {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1), node.has(1), let shape = node.shape(0),
            let axis = normalizedAxis(axis, rank: shape.count), !shape[axis...].contains(.unknown),
            node.shape(1) == Array(shape[axis...])
        else { return nil }
        let attributes: [String: AttributeValue] = ["axis": .int(Int64(axis)), "epsilon": .float(epsilon)]
        return node.only(
            NodeSketch("RMSNormalization", opset: 23, attributes: attributes, [node.operand(0), node.operand(1)])
        )
    }
}

extension FusedMatMul {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1), !left.movesBatch, !right.movesBatch, alpha.isFinite,
            let first = node.fixedShape(0), let second = node.fixedShape(1), fits(first, second)
        else { return nil }
        if first.rank == 2, second.rank == 2 {
            let attributes: [String: AttributeValue] = [
                "alpha": .float(alpha), "transA": .int(left.transposes ? 1 : 0),
                "transB": .int(right.transposes ? 1 : 0),
            ]
            return node.only(
                NodeSketch("Gemm", opset: 13, attributes: attributes, [node.operand(0), node.operand(1)])
            )
        }
        let operands = [(left, first.rank), (right, second.rank)].enumerated().map { index, operand in
            operand.0.order(rank: operand.1).map {
                NodeSketch.Operand.node(NodeSketch(transposing: node.operand(index), $0))
            } ?? node.operand(index)
        }
        let product = NodeSketch("MatMul", opset: 13, operands)
        guard alpha != 1 else { return node.only(product) }
        guard let factor = try? Tensor.of([alpha], .scalar) else { return nil }
        return node.only(NodeSketch("Mul", opset: 14, [.node(product), .constant(factor)]))
    }

    /// Whether the product is there.
    private func fits(_ first: Shape, _ second: Shape) -> Bool {
        guard first.rank >= 2, second.rank >= 2, let stack = Shape(Array(first.dimensions.dropLast(2))),
            let other = Shape(Array(second.dimensions.dropLast(2)))
        else { return false }
        return stack.broadcast(with: other) != nil
            && first[first.rank - (left.transposes ? 2 : 1)] == second[second.rank - (right.transposes ? 1 : 2)]
    }
}

extension FusedGemm {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1, 2), let first = node.fixedShape(0), let second = node.fixedShape(1),
            first.rank == 2, second.rank == 2,
            first[product.transposesA ? 0 : 1] == second[product.transposesB ? 1 : 0]
        else { return nil }
        if node.has(2) {
            let result = Shape([first[product.transposesA ? 1 : 0], second[product.transposesB ? 0 : 1]])
            guard result != nil, node.fixedShape(2)?.broadcast(with: result ?? .scalar) == result else { return nil }
        }
        let names = ["alpha", "beta", "transA", "transB"]
        let gemm = NodeSketch(
            "Gemm",
            opset: 13,
            attributes: node.attributes.filter { names.contains($0.key) },
            (0...2).map(node.operand)
        )
        guard let activation else { return node.only(gemm) }
        return node.only(activation.sketch(.node(gemm)))
    }
}

extension FusedConv {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1, 2, 3), let input = node.fixedShape(0), let weights = node.fixedShape(1),
            input.rank >= 3, weights.rank == input.rank, weights[0] % convolution.groupCount == 0,
            input[1] % convolution.groupCount == 0, weights[1] == input[1] / convolution.groupCount,
            node.isVector(2, of: .fixed(weights[0])),
            let window = try? convolution.attributes.window(
                over: Array(input.dimensions[2...]),
                kernel: Array(weights.dimensions[2...])
            ), window.kernel == Array(weights.dimensions[2...])
        else { return nil }
        let names = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]
        var result = NodeSketch(
            "Conv",
            opset: 11,
            attributes: node.attributes.filter { names.contains($0.key) },
            (0...2).map(node.operand)
        )
        if node.has(3) {
            guard let shape = node.outputShape(), node.shape(3) == shape, !shape.contains(.unknown) else { return nil }
            result = NodeSketch("Add", opset: 14, [.node(result), node.operand(3)])
        }
        guard let activation else { return node.only(result) }
        return node.only(activation.sketch(.node(result)))
    }
}

extension FusedActivation {
    /// The function as a node of the standard's; `nil` for those that it has not.
    fileprivate func sketch(_ input: NodeSketch.Operand) -> NodeSketch? {
        let attributes = Dictionary(uniqueKeysWithValues: zip(parameters, values.map { AttributeValue.float($0) }))
        switch name {
        case "Clip":
            guard let least = try? Tensor.of([values[0]], .scalar), let greatest = try? Tensor.of([values[1]], .scalar)
            else { return nil }
            return NodeSketch("Clip", opset: 13, [input, .constant(least), .constant(greatest)])
        case "Relu", "Sigmoid", "Tanh", "HardSwish": return NodeSketch(name, opset: 14, [input])
        case "Elu", "HardSigmoid", "LeakyRelu": return NodeSketch(name, opset: 6, attributes: attributes, [input])
        default: return nil
        }
    }
}
