import OnnxIR
import Tensors

extension Passes {
    /// Channels that change places by `Reshape`, `Transpose` and `Reshape` are picked by one `Gather`.
    static let channelShuffles = GraphPass.fusion("channel-shuffles", roots: "Reshape") { match in
        guard let shuffled = match.node.input(0), let transpose = match.step(to: shuffled, "Transpose"),
            let order = (transpose.operation as? Transpose)?.order, let split = transpose.input(0),
            let reshape = match.step(to: split, "Reshape"), let source = reshape.input(0),
            let shape = match.facts(source).shape, shape == match.facts(match.output).shape, shape.count >= 3,
            !shape.contains(.unknown), let parts = match.facts(split).shape, parts.count == shape.count + 1,
            order == [0, 2, 1] + Array(3..<parts.count), parts[0] == shape[0], parts[3...] == shape[2...],
            case .fixed(let groups) = parts[1], case .fixed(let each) = parts[2], case .fixed(let count) = shape[1],
            // What a file says of extents need not be true.
            (1...1 << 20).contains(count), groups > 0, count % groups == 0, count / groups == each,
            let indices = try? Tensor.of((0..<count).map { Int64($0 % groups * each + $0 / groups) })
        else { return nil }
        return NodeSketch(picking: .constant(indices), of: .value(source))
    }

    /// A depthwise `Conv` of channels that were picked picks channels that were convolved, so that what comes behind may
    /// take them in any order.
    static let depthwiseShuffles = GraphPass.fusion("depthwise-shuffles", roots: "Conv") { match in
        let node = match.node
        guard let conv = node.operation as? Conv, let weights = match.index.constant(node.input(1)),
            weights.shape.rank >= 3, weights.shape[0] == conv.groupCount, weights.shape[1] == 1,
            let input = node.input(0), let gather = match.step(to: input, "Gather"), let source = gather.input(0),
            (gather.operation as? Gather)?.axis == 1, let indices = match.index.constant(gather.input(1)),
            indices.shape.rank == 1, let order = try? indices.integers(""),
            order.sorted() == Array(0..<conv.groupCount), match.areFloat(source, match.output),
            let filters = weights.rows(order)
        else { return nil }
        var operands: [NodeSketch.Operand] = [.value(source), .constant(filters)]
        if let bias = node.input(2) {
            guard let moved = match.index.constant(bias)?.rows(order) else { return nil }
            operands.append(.constant(moved))
        }
        let layer = NodeSketch("Conv", opset: node.version, attributes: node.attributes, operands)
        return NodeSketch(picking: .constant(indices), of: .node(layer))
    }
}

extension NodeSketch {
    fileprivate init(picking indices: Operand, of operand: Operand) {
        self.init("Gather", opset: 13, attributes: ["axis": .int(1)], [operand, indices])
    }
}

extension Tensor {
    /// The rows of a `float` tensor, each at the place that `order` names for it.
    fileprivate func rows(_ order: [Int]) -> Tensor? {
        guard elementType == .float, shape.rank > 0, shape[0] == order.count, order.count > 0,
            let elements = try? array(of: Float.self)
        else { return nil }
        let count = elements.count / order.count
        var moved = elements
        for (row, place) in order.enumerated() {
            for index in 0..<count { moved[place * count + index] = elements[row * count + index] }
        }
        return try? Tensor.of(moved, shape)
    }
}
