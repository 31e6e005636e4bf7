import Glibc
import OnnxIR
import Tensors

extension Passes {
    /// `MatMul(Softmax(MatMul(Q, Kᵀ) · scale + mask), V)` becomes `Attention`, with heads as an axis or in the batch.
    ///
    /// The scale may stand at the scores, at `Q`, at `Kᵀ` or at both; a mask may be added or choose between the scores
    /// and a number that hides them.
    ///
    /// *Source*: PyTorch's `scaled_dot_product_attention`, the encoders and decoders of Transformers as it and Optimum
    /// export them, Keras' `MultiHeadAttention`.
    static let attention = GraphPass.fusion("attention", roots: "MatMul") { match in
        guard match.areFloat(match.output), match.node.inputs.count == 2, let weights = match.node.input(0),
            let values = match.node.input(1), let probabilities = match.probabilities(weights),
            let scores = match.scores(probabilities.scores)
        else { return nil }
        return match.sketch(probabilities, scores, values)
    }
}

/// What an attention makes of its scores, and how.
private struct Probabilities {
    let scores: ValueID
    let spelling: Attention.Spelling
}

/// The products of queries and keys, scaled, with what is added to them.
private struct Scores {
    var product: LoadedNode
    var scale: Double
    var masks: [ScoreMask] = []
}

private enum ScoreMask {
    /// Added to the scores.
    case added(ValueID)
    /// Truth where a number takes the place of the scores, or where it does not.
    case chosen(condition: ValueID, hides: Bool, number: Float)
}

extension Match {
    /// The scores of which a value is the softmax over the last axis.
    fileprivate mutating func probabilities(_ value: ValueID) -> Probabilities? {
        var (value, spelling) = (value, Attention.Spelling.softmax)
        // `Where(IsNaN(p), 0, p)`: PyTorch's way to give nothing to queries that see no key.
        let guarded = attempt { match -> ValueID? in
            guard let node = match.maker(of: value, "Where"), node.inputs.count == 3, let inner = node.input(2),
                match.index.scalar(node.input(1), beside: inner) == 0,
                match.argument(of: node.input(0), "IsNaN") == inner
            else { return nil }
            return inner
        }
        if let guarded { (value, spelling) = (guarded, .softmaxWithoutNaN) }
        guard let node = maker(of: value, "Softmax"), let softmax = node.operation as? Softmax,
            let scores = node.input(0), let rank = facts(scores).shape?.count,
            normalizedAxis(softmax.axis, rank: rank) == rank - 1
        else { return nil }
        return Probabilities(scores: scores, spelling: spelling)
    }

    fileprivate mutating func scores(_ value: ValueID, depth: Int = 0) -> Scores? {
        if let scaled = attempt({ $0.scaledProduct(value) }) { return scaled }
        guard depth < 2, let node = maker(of: value, "Add", "Where") else { return nil }
        if node.isStandard("Add") {
            return commuted(node) { match, inner, mask in
                guard var scores = match.scores(inner, depth: depth + 1),
                    match.facts(inner).shape == match.facts(value).shape
                else { return nil }
                scores.masks.append(.added(mask))
                return scores
            }
        }
        guard node.inputs.count == 3, let condition = node.input(0), let first = node.input(1),
            let second = node.input(2)
        else { return nil }
        for (inner, other, hides) in [(first, second, false), (second, first, true)] {
            let found = attempt { match -> Scores? in
                guard let number = match.index.scalar(other, beside: inner), number <= Self.hidingNumber,
                    var scores = match.scores(inner, depth: depth + 1),
                    match.facts(inner).shape == match.facts(value).shape
                else { return nil }
                scores.masks.append(.chosen(condition: condition, hides: hides, number: Float(number)))
                return scores
            }
            if let found { return found }
        }
        return nil
    }

    /// NUMERICS: a number this low plus a score is the number, so that it can be added instead of chosen.
    private static let hidingNumber = -1e30

    private mutating func scaledProduct(_ value: ValueID) -> Scores? {
        let product = product(of: value)
        guard product.coefficient > 0, product.coefficient.isFinite, let factor = product.onlyFactor,
            let node = maker(of: factor, "MatMul")
        else { return nil }
        return Scores(product: node, scale: product.coefficient)
    }

    fileprivate mutating func sketch(
        _ probabilities: Probabilities,
        _ scores: Scores,
        _ values: ValueID
    ) -> NodeSketch? {
        guard let first = scores.product.input(0), let second = scores.product.input(1) else { return nil }
        let (queries, keys) = (scaled(first), scaled(second))
        let scale = scores.scale * queries.factor * keys.factor
        guard scale > 0, scale.isFinite, areFloat(queries.value, keys.value, values),
            let q = facts(queries.value).shape, let k = facts(keys.value).shape,
            let v = facts(values).shape, [3, 4].contains(q.count), q.count == k.count, q.count == v.count
        else { return nil }
        let rank = q.count
        let batch = rank - 2
        for axis in 0..<batch where q[axis] == .unknown || q[axis] != k[axis] || q[axis] != v[axis] { return nil }
        guard let straight = straightened(keys.value, rank: rank) else { return nil }
        guard k[rank - 1] != .unknown, k[rank - 1] == v[rank - 2] else { return nil }
        let extents = q[..<(rank - 1)] + [k[rank - 1]]
        guard let mask = mask(scores.masks, Array(extents)) else { return nil }
        var attributes: [String: AttributeValue] = [
            "scale": .float(Float(scale)),
            Attention.spellingAttribute: .int(Int64(probabilities.spelling.rawValue)),
        ]
        if rank == 3 {
            attributes["q_num_heads"] = .int(1)
            attributes["kv_num_heads"] = .int(1)
        }
        return NodeSketch(
            "Attention",
            opset: 24,
            attributes: attributes,
            [.value(queries.value), straight, .value(values), mask]
        )
    }

    /// A value without a number that it is multiplied by.
    private mutating func scaled(_ value: ValueID) -> (value: ValueID, factor: Double) {
        let found = attempt { match -> (value: ValueID, factor: Double)? in
            let product = match.product(of: value)
            guard let factor = product.onlyFactor, match.facts(factor).shape == match.facts(value).shape else {
                return nil
            }
            return (factor, product.coefficient)
        }
        return found ?? (value, 1)
    }

    /// Keys that lie in columns, in rows.
    private mutating func straightened(_ columns: ValueID, rank: Int) -> NodeSketch.Operand? {
        let swap = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
        let found = attempt { match -> NodeSketch.Operand? in
            guard match.index.hasOneReader(columns), let node = match.maker(of: columns, "Transpose"),
                let transpose = node.operation as? Transpose, let source = node.input(0)
            else { return nil }
            let own = transpose.order ?? Array((0..<rank).reversed())
            guard own.count == rank else { return nil }
            let order = swap.map { own[$0] }
            return order == order.sorted() ? .value(source) : .node(NodeSketch(transposing: .value(source), order))
        }
        if let found { return found }
        // A transposition that others need as well costs less than the scores do.
        return .node(NodeSketch(transposing: .value(columns), swap))
    }

    /// All masks as one; `nil` where one of them cannot be the mask of an attention with scores of these extents.
    private mutating func mask(_ masks: [ScoreMask], _ extents: [Dimension]) -> NodeSketch.Operand? {
        guard !masks.isEmpty else { return .absent }
        guard let length = extents.last else { return nil }
        var shapes: [[Dimension]] = []
        for mask in masks {
            let value: ValueID
            switch mask {
            case .added(let added): value = added
            case .chosen(let condition, _, _): value = condition
            }
            guard let shape = facts(value).shape, shape.count <= extents.count,
                zip(shape.reversed(), extents.reversed()).allSatisfy({ own, extent in
                    own == .fixed(1) || (own == extent && own != .unknown)
                })
            else { return nil }
            shapes.append(shape)
        }
        // The last axis of an attention's mask does not broadcast.
        guard shapes.contains(where: { $0.last == length }) else { return nil }
        var operand: NodeSketch.Operand
        if masks.count == 1, case .chosen(let condition, let hides, -.infinity) = masks[0] {
            operand = hides ? .node(NodeSketch("Not", opset: 1, [.value(condition)])) : .value(condition)
        } else {
            guard let sum = sum(masks) else { return nil }
            operand = sum
        }
        let rank = shapes.map(\.count).max() ?? 0
        if extents.count == 3, rank == 3 {
            guard let axes = try? Tensor.of([Int64(1)]) else { return nil }
            operand = .node(NodeSketch("Unsqueeze", opset: 13, [operand, .constant(axes)]))
        }
        return operand
    }

    private mutating func sum(_ masks: [ScoreMask]) -> NodeSketch.Operand? {
        var result: NodeSketch.Operand?
        for mask in masks {
            var operand: NodeSketch.Operand
            switch mask {
            case .added(let value): operand = .value(value)
            case .chosen(let condition, let hides, let number):
                guard let zero = try? Tensor.of([Float(0)], .scalar), let hidden = try? Tensor.of([number], .scalar)
                else { return nil }
                let (chosen, other) = hides ? (hidden, zero) : (zero, hidden)
                let inputs: [NodeSketch.Operand] = [.value(condition), .constant(chosen), .constant(other)]
                operand = .node(NodeSketch("Where", opset: 16, inputs))
            }
            if let before = result { operand = .node(NodeSketch("Add", opset: 14, [before, operand])) }
            result = operand
        }
        return result
    }
}
