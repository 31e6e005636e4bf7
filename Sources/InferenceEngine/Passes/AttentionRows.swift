import OnnxIR
import Tensors

extension Passes {
    /// `Attention` of queries, keys and values whose heads a `Transpose` has put before their rows becomes one of the rows as
    /// they were, and its result is turned: mostly that cancels out with the transposition behind it.
    static let attentionRows = GraphPass.fusion("attention-rows", roots: "Attention") { match in
        let node = match.node
        guard node.inputs.dropFirst(4).allSatisfy({ $0 == nil }), let query = match.rows(node.input(0)),
            let key = match.rows(node.input(1)), let value = match.rows(node.input(2)), key.heads == value.heads,
            let split = try? Tensor.of([0, 0, query.heads, value.size].map { Int64($0) })
        else { return nil }
        var attributes = node.attributes
        attributes["q_num_heads"] = .int(Int64(query.heads))
        attributes["kv_num_heads"] = .int(Int64(key.heads))
        let mask = node.input(3).map { NodeSketch.Operand.value($0) } ?? .absent
        let attention = NodeSketch(
            "Attention",
            opset: node.version,
            attributes: attributes,
            [query.operand, key.operand, value.operand, mask]
        )
        let heads = NodeSketch("Reshape", opset: 14, [.node(attention), .constant(split)])
        return NodeSketch(transposing: .node(heads), Rows.order)
    }
}

/// The rows `[batch, length, heads · size]` of which heads `[batch, heads, length, size]` are made.
private struct Rows {
    /// What puts heads before rows, and back.
    static let order = [0, 2, 1, 3]
    /// What puts heads before rows of several parts side by side, and the parts first.
    static let joinedOrder = [2, 0, 3, 1, 4]

    let operand: NodeSketch.Operand
    let heads: Int
    let size: Int
}

extension Match {
    fileprivate mutating func rows(_ value: ValueID?) -> Rows? {
        guard let value else { return nil }
        return attempt { $0.turnedRows(value) } ?? attempt { $0.joinedRows(value) }
    }

    /// Rows that are transposed alone.
    private mutating func turnedRows(_ value: ValueID) -> Rows? {
        guard let node = maker(of: value, "Transpose"), let transpose = node.operation as? Transpose,
            transpose.order == Rows.order, let source = node.input(0), let shape = facts(source).shape,
            shape.count == 4, case .fixed(let heads) = shape[2], case .fixed(let size) = shape[3], heads > 0, size > 0,
            let rows = NodeSketch(joiningLastAxes: source, [heads, size])
        else { return nil }
        return Rows(operand: .node(rows), heads: heads, size: size)
    }

    /// Rows of queries, keys and values that lie side by side and are transposed together, whoever else reads them.
    ///
    /// *Source*: PyTorch's `reshape(batch, length, 3, heads, size).permute(2, 0, 3, 1, 4)`, as vision transformers have it.
    private mutating func joinedRows(_ value: ValueID) -> Rows? {
        guard let node = maker(of: value, "Squeeze", "Gather"),
            let (whole, part) = node.isStandard("Squeeze") ? squeezedPart(node) : gatheredPart(node),
            let position = index.maker(of: whole)
        else { return nil }
        let turned = index.graph.nodes[position]
        guard turned.isStandard("Transpose"), let transpose = turned.operation as? Transpose,
            transpose.order == Rows.joinedOrder, let source = turned.input(0), let shape = facts(source).shape,
            shape.count == 5, case .fixed(let parts) = shape[2], case .fixed(let heads) = shape[3],
            case .fixed(let size) = shape[4], parts > part, part >= 0, heads > 0, size > 0,
            let joined = NodeSketch(joiningLastAxes: source, [parts, heads, size])
        else { return nil }
        let width = heads * size
        guard let rows = NodeSketch(slicing: .node(joined), from: part * width, to: (part + 1) * width, axis: 2) else {
            return nil
        }
        return Rows(operand: .node(rows), heads: heads, size: size)
    }

    /// What `Split` takes the element of the first axis from that `Squeeze` leaves without the axis, and which.
    private func squeezedPart(_ node: LoadedNode) -> (whole: ValueID, part: Int)? {
        guard let input = node.input(0), let position = index.maker(of: input), let shape = facts(input).shape,
            shape.count == 5, facts(node.outputs.first ?? nil).shape == Array(shape.dropFirst())
        else { return nil }
        let split = index.graph.nodes[position]
        guard split.isStandard("Split"), let whole = split.input(0), let part = split.outputs.firstIndex(of: input),
            facts(whole).shape == [.fixed(split.outputs.count)] + shape.dropFirst(),
            split.outputs.allSatisfy({ facts($0).shape?.first == .fixed(1) })
        else { return nil }
        return (whole, part)
    }

    /// What `Gather` takes one element of the first axis from, and which.
    private func gatheredPart(_ node: LoadedNode) -> (whole: ValueID, part: Int)? {
        guard let whole = node.input(0), let position = index.constant(node.input(1)), position.shape.rank == 0,
            let part = position.number.flatMap({ Int(exactly: $0) }), (node.operation as? Gather)?.axis == 0
        else { return nil }
        return (whole, part)
    }
}

extension NodeSketch {
    /// A tensor whose axes from the third on, of these extents, are one; `nil` for more elements than can be counted.
    fileprivate init?(joiningLastAxes source: ValueID, _ extents: [Int]) {
        guard let count = Shape(extents)?.elementCount, let target = try? Tensor.of([0, 0, Int64(count)]) else {
            return nil
        }
        self.init("Reshape", opset: 14, [.value(source), .constant(target)])
    }
}
