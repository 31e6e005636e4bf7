import OnnxIR
import Tensors

extension MicrosoftAttention {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1, 2, 5), !node.has(4), hiddenSizes == nil, !attributes.isCausal,
            let input = node.shape(0), input.count == 3, let weights = node.shape(1), weights.count == 2,
            weights[0] == input[2], weights[0] != .unknown, case .fixed(let columns) = weights[1], columns > 0,
            columns % (3 * attributes.headCount) == 0,
            node.isVector(2, of: weights[1]), node.names(output: 0), !node.names(output: 1)
        else { return nil }
        var projection = NodeSketch("MatMul", opset: 13, [node.operand(0), node.operand(1)])
        if node.has(2) { projection = NodeSketch("Add", opset: 14, [.node(projection), node.operand(2)]) }
        guard
            let scores = node.scores(
                mask: 3,
                bias: 5,
                samples: input[0],
                filter: attributes.filterValue,
                queries: input[1],
                keys: input[1]
            )
        else {
            return nil
        }
        let projected = graph.newValue("\(node.node.label)/projection")
        let width = columns / 3
        let parts = (0..<3).compactMap { part in
            NodeSketch(slicing: .value(projected), from: part * width, to: (part + 1) * width, axis: 2)
        }
        guard parts.count == 3,
            let attention = node.only(
                node.attention(parts.map { .node($0) }, scores, attributes.headCount, attributes.scale)
            )
        else { return nil }
        return [(projection, projected)] + attention
    }
}

extension MultiHeadAttention {
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? {
        guard node.areFloats(0, 1, 2, 3, 5), !isCausal, (6...9).allSatisfy({ !node.has($0) }),
            let query = node.shape(0), let key = node.shape(1), let value = node.shape(2), query.count == 3,
            key.count == 3, value.count == 3, !query.contains(.unknown), !key.contains(.unknown),
            key[..<2] == value[..<2], query[0] == key[0],
            let scores = node.scores(
                mask: 4,
                bias: 5,
                samples: query[0],
                filter: filterValue,
                queries: query[1],
                keys: key[1]
            )
        else { return nil }
        var widths: [Int] = []
        for shape in [query, key, value] {
            guard case .fixed(let width) = shape[2], (1...1 << 40).contains(width), width % headCount == 0 else {
                return nil
            }
            widths.append(width)
        }
        guard widths[0] == widths[1] else { return nil }
        var operands = (0...2).map(node.operand)
        if node.has(3) {
            guard node.isVector(3, of: .fixed(widths.reduce(0, +))) else { return nil }
            for index in 0...2 {
                let start = widths[..<index].reduce(0, +)
                guard let bias = NodeSketch(slicing: node.operand(3), from: start, to: start + widths[index], axis: 0)
                else { return nil }
                operands[index] = .node(NodeSketch("Add", opset: 14, [operands[index], .node(bias)]))
            }
        }
        return node.only(node.attention(operands, scores, headCount, scale))
    }
}

extension FusedNode {
    fileprivate func attention(
        _ operands: [NodeSketch.Operand],
        _ scores: NodeSketch.Operand,
        _ headCount: Int,
        _ scale: Float
    ) -> NodeSketch {
        var attributes: [String: AttributeValue] = [
            "q_num_heads": .int(Int64(headCount)), "kv_num_heads": .int(Int64(headCount)),
        ]
        if scale != 0 { attributes["scale"] = .float(scale) }
        return NodeSketch("Attention", opset: 23, attributes: attributes, operands + [scores])
    }

    /// What is added to the scores `[samples, heads, queries, keys]`; `nil` for masks in other forms than one number for
    /// each key.
    fileprivate func scores(
        mask: Int,
        bias: Int,
        samples: Dimension,
        filter: Float,
        queries: Dimension,
        keys: Dimension
    ) -> NodeSketch.Operand? {
        if has(bias) {
            guard let shape = shape(bias), shape.count == 4, shape[0] == samples || shape[0] == 1,
                Array(shape[2...]) == [queries, keys], ![samples, queries, keys].contains(.unknown)
            else { return nil }
        }
        guard has(mask) else { return operand(bias) }
        let type = node.input(mask).flatMap { facts[$0].elementType }
        guard shape(mask) == [samples, keys], samples != .unknown, case .fixed(let count) = keys, count > 1,
            type == .int32 || type == .int64, let zero = try? Tensor.of([0] as [Float], .scalar),
            let least = try? Tensor.of([filter], .scalar), let axes = try? Tensor.of([1, 2] as [Int64], .vector(2))
        else { return nil }
        // As floats, so that kernels compare them; what counts is only whether they are above 0.
        let numbers = NodeSketch("Cast", opset: 13, attributes: ["to": .int(1)], [operand(mask)])
        let isSeen = NodeSketch("Greater", opset: 13, [.node(numbers), .constant(zero)])
        let added = NodeSketch("Where", opset: 16, [.node(isSeen), .constant(zero), .constant(least)])
        let wide = NodeSketch("Unsqueeze", opset: 13, [.node(added), .constant(axes)])
        guard has(bias) else { return .node(wide) }
        return .node(NodeSketch("Add", opset: 14, [.node(wide), operand(bias)]))
    }
}

extension NodeSketch {
    /// Some of the elements along an axis.
    init?(slicing input: Operand, from start: Int, to end: Int, axis: Int) {
        var operands = [input]
        for number in [start, end, axis] {
            guard let tensor = try? Tensor.of([Int64(number)], .vector(1)) else { return nil }
            operands.append(.constant(tensor))
        }
        self.init("Slice", opset: 13, operands)
    }
}
