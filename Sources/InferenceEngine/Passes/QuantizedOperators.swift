import OnnxIR
import Tensors

extension Passes {
    /// An operator of quantised tensors becomes the operator of floats between `DequantizeLinear` and `QuantizeLinear`,
    /// of which those between two such operators vanish when they are lowered.
    ///
    /// NUMERICS: results that lie between two numbers may end at the other one. Means of few numbers and sums often do, so
    /// that `QLinearAveragePool` and `QLinearAdd` stay as they are.
    static let quantizedOperators = GraphPass(name: "quantized-operators") { graph, context throws(EngineError) in
        let isQuantized = { (node: LoadedNode) in
            node.definition.name.hasPrefix("QLinear") && QuantizedNode.sketches[node.definition.name] != nil
        }
        guard graph.nodes.contains(where: isQuantized) else { return false }
        let index = context.index(of: graph)
        var nodes: [LoadedNode] = []
        for node in index.graph.nodes {
            guard isQuantized(node), node.outputs.count == 1, let output = node.outputs[0],
                let sketch = QuantizedNode(index: index, node: node).sketch,
                let made = try? graph.make(sketch, output: output, label: node.label)
            else {
                nodes.append(node)
                continue
            }
            nodes += made
        }
        defer { graph.nodes = nodes }
        return nodes.count != graph.nodes.count
    }
}

/// A node of an operator of quantised tensors.
private struct QuantizedNode {
    let index: GraphIndex
    let node: LoadedNode

    /// What stands for each operator, by its name.
    static let sketches: [String: @Sendable (QuantizedNode) -> NodeSketch?] = [
        "QLinearConv": { $0.convolution() },
        "QLinearGlobalAveragePool": { $0.function("GlobalAveragePool", opset: 1, []) },
        "QLinearLeakyRelu": { $0.function("LeakyRelu", opset: 6, ["alpha"]) },
        "QLinearSigmoid": { $0.function("Sigmoid", opset: 13, []) },
    ]

    var sketch: NodeSketch? { Self.sketches[node.definition.name]?(self) }

    // MARK: Operators

    private func function(_ name: String, opset: Int, _ attributes: Set<String>) -> NodeSketch? {
        guard let x = real(0, scale: 1, zero: 2), hasChannelsFirst else { return nil }
        let kept = node.attributes.filter { attributes.contains($0.key) }
        return quantized(NodeSketch(name, opset: opset, attributes: kept, [x]), scale: 3, zero: 4, like: 0)
    }

    private func convolution() -> NodeSketch? {
        guard hasChannelsFirst, [2, 5, 7].allSatisfy({ node.input($0) != nil }),
            let x = real(0, scale: 1, zero: 2), let filters = index.constant(node.input(3)),
            let type = byteType(3), filters.shape.rank >= 3, let w = node.input(3), let scale = node.input(4),
            [1, 4, 6].allSatisfy({ isPositive($0) }), let scales = floats(4),
            scales.count == 1 || scales.count == filters.shape[0],
            let operation = node.operation as? QLinearConv, let input = facts(0).fixedShape,
            input.rank == filters.shape.rank, input[1] % operation.groupCount == 0,
            filters.shape[1] == input[1] / operation.groupCount,
            // What is wrong with its attributes is said at the operator.
            (try? operation.attributes.window(
                over: Array(input.dimensions[2...]),
                kernel: Array(filters.shape.dimensions[2...])
            )) != nil
        else { return nil }
        var inputs: [NodeSketch.Operand] = [.value(w), .value(scale)]
        if let zero = node.input(5) {
            guard let tensor = index.constant(zero), tensor.elementType == type,
                tensor.shape.elementCount == 1 || tensor.shape.elementCount == scales.count
            else { return nil }
            // One for all stands beside the scales of channels as often as they do.
            if tensor.shape.elementCount == scales.count {
                inputs.append(.value(zero))
            } else {
                guard let zeros = repeated(tensor, scales.count) else { return nil }
                inputs.append(.constant(zeros))
            }
        }
        let weights = NodeSketch("DequantizeLinear", opset: 13, attributes: ["axis": .int(0)], inputs)
        var operands = [x, .node(weights)]
        if let value = node.input(8) {
            guard let tensor = index.constant(value), tensor.elementType == .int32,
                let numbers = try? tensor.array(of: Int32.self), numbers.count == filters.shape[0],
                let factor = floats(1)?.first
            else { return nil }
            let bias = numbers.indices.map { Float(numbers[$0]) * (factor * scales[scales.count == 1 ? 0 : $0]) }
            guard let tensor = try? Tensor(bias) else { return nil }
            operands.append(.constant(tensor))
        }
        let attributes: Set = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]
        let kept = node.attributes.filter { attributes.contains($0.key) }
        return quantized(NodeSketch("Conv", opset: 11, attributes: kept, operands), scale: 6, zero: 7, like: 7)
    }

    // MARK: Operands

    private var hasChannelsFirst: Bool {
        guard case .int(let last)? = node.attributes["channels_last"] else { return true }
        return last == 0
    }

    private func facts(_ input: Int) -> Facts { node.input(input).map { index.facts[$0] } ?? .unknown }

    private func byteType(_ input: Int) -> ElementType? {
        let type = facts(input).elementType
        return type == .uint8 || type == .int8 ? type : nil
    }

    private func floats(_ input: Int) -> [Float]? {
        index.constant(node.input(input)).flatMap { try? $0.array(of: Float.self) }
    }

    /// Whether an input is known before the run, and holds scales that numbers can be divided by.
    private func isPositive(_ input: Int) -> Bool {
        floats(input)?.allSatisfy { $0 >= Float.leastNormalMagnitude && $0.isFinite } ?? false
    }

    /// Whether an input is a single number of a type.
    private func isNumber(_ input: Int, _ type: ElementType) -> Bool {
        facts(input).elementType == type && facts(input).fixedShape?.elementCount == 1
    }

    private func repeated(_ tensor: Tensor, _ count: Int) -> Tensor? {
        if let number = (try? tensor.array(of: Int8.self))?.first {
            return try? Tensor([Int8](repeating: number, count: count))
        }
        guard let number = (try? tensor.array(of: UInt8.self))?.first else { return nil }
        return try? Tensor([UInt8](repeating: number, count: count))
    }

    /// An input as floats, with one scale and at most one zero point.
    private func real(_ input: Int, scale: Int, zero: Int) -> NodeSketch.Operand? {
        guard let value = node.input(input), let type = byteType(input), let factor = node.input(scale),
            isNumber(scale, .float), node.input(zero) == nil || isNumber(zero, type)
        else { return nil }
        let offset = node.input(zero).map { NodeSketch.Operand.value($0) } ?? .absent
        return .node(NodeSketch("DequantizeLinear", opset: 13, [.value(value), .value(factor), offset]))
    }

    /// What makes the node's output of floats, of the type of an input unless there is a zero point.
    private func quantized(_ real: NodeSketch, scale: Int, zero: Int, like input: Int) -> NodeSketch? {
        guard let factor = node.input(scale), isNumber(scale, .float) else { return nil }
        let offset: NodeSketch.Operand
        if let value = node.input(zero) {
            guard let type = byteType(zero), isNumber(zero, type) else { return nil }
            offset = .value(value)
        } else {
            guard let type = byteType(input), let tensor = Self.zero(type) else { return nil }
            offset = .constant(tensor)
        }
        return NodeSketch("QuantizeLinear", opset: 13, [.node(real), .value(factor), offset])
    }

    private static func zero(_ type: ElementType) -> Tensor? {
        type == .int8 ? try? Tensor([Int8(0)], shape: .scalar) : try? Tensor([UInt8(0)], shape: .scalar)
    }
}
