import Diagnostics
import OnnxIR
import Tensors

/// Scaled dot-product attention whose scores and probabilities pass through graphs of the node.
struct FlexAttention: Operator {
    private let scale: Float?
    private let precision: SoftmaxPrecision?
    private let changesScores: Subgraph?
    private let changesProbabilities: Subgraph?

    static let definition = OperatorDefinition("FlexAttention", domain: .onnxPreview, since: 1, halves: .widened) {
        node throws(EngineError) in
        FlexAttention(
            scale: try node.float("scale"),
            precision: try SoftmaxPrecision(node),
            changesScores: try node.has("score_mod") ? node.subgraph("score_mod") : nil,
            changesProbabilities: try node.has("prob_mod") ? node.subgraph("prob_mod") : nil
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let query = inputs.shape(0), let value = inputs.shape(2), query.count == 4, value.count == 4 else {
            return [.tensor(inputs.elementType())]
        }
        return [.tensor(inputs.elementType(), query[..<3] + [value[3]])]
    }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] {
        let type = inputs.elementType().map { precision(for: $0).elementType }
        var shape: [Dimension]?
        if let query = inputs.shape(0), let key = inputs.shape(1), query.count == 4, key.count == 4 {
            shape = query[..<3] + [key[2]]
        }
        let bodies = [("score_mod", changesScores), ("prob_mod", changesProbabilities)]
        return bodies.compactMap { name, body in
            body.map { OperatorBody(attribute: name, graph: $0, inputs: [.tensor(type, shape)]) }
        }
    }

    /// The precision of the scores: the node's, else `double` for such inputs and `float` for all others.
    private func precision(for type: ElementType) -> SoftmaxPrecision {
        precision ?? (type == .double ? .double : .float)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let type = try call.tensor(0).elementType
        let precision = precision(for: type)
        guard changesScores != nil || changesProbabilities != nil else {
            guard try call.tensor(0).shape.rank == 4 else {
                throw EngineError(.shape, "Q has shape \(try call.tensor(0).shape), expected 4 axes")
            }
            return try Attention(scale: scale, precision: precision).run(call)
        }
        switch (type, precision) {
        case (.float, _) where precision != .double: return [.tensor(try compute(Float.self, precision, call))]
        case (.float, _), (.double, _): return [.tensor(try compute(Double.self, precision, call))]
        default: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func compute<Element: ProductElement & RealElement>(
        _ type: Element.Type,
        _ precision: SoftmaxPrecision,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let queries = try call.cast(call.tensor(0), to: Element.elementType)
        let keys = try call.cast(call.tensor(1), to: Element.elementType)
        let values = try call.cast(call.tensor(2), to: Element.elementType)
        let plan = try AttentionHeads(queries: queries.shape, keys: keys.shape, values: values.shape, call)
        let (query, key, value) = (try queries.pointer(type), try keys.pointer(type), try values.pointer(type))
        let scale = scale.map { Element($0) } ?? 1 / Element(plan.size).squareRoot()
        let matrix = plan.queryCount * plan.keyCount
        let products = try call.tensor(of: type, call.shape(plan.scoreShape)) { target in
            plan.forEachScores(query, key, scale: scale) { head, scores in
                (target + head * matrix).update(from: scores, count: matrix)
            }
        }
        let scores = try changed(products, by: changesScores, precision, call)
        let softmax = try Softmax(form: .softmax, axis: -1, flattens: false).applied(to: scores, call)
        let probabilities = try changed(softmax, by: changesProbabilities, precision, call)
        let weights = try probabilities.pointer(type)
        let result = try call.tensor(of: type, call.shape(plan.outputShape), zeroed: true) { target in
            for head in 0..<(plan.batch * plan.queryHeads) {
                plan.addValues(weights + head * matrix, value, head: head, to: target)
            }
        }
        withExtendedLifetime((queries, keys, values, probabilities)) {}
        return try call.cast(result, to: call.tensor(0).elementType)
    }

    /// What the graph makes of a tensor at the precision of the scores.
    private func changed(
        _ tensor: Tensor,
        by body: Subgraph?,
        _ precision: SoftmaxPrecision,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let rounded = try call.cast(tensor, to: precision.elementType)
        guard let body else { return try call.cast(rounded, to: tensor.elementType) }
        guard case .tensor(let result)? = try call.run(body, [.tensor(rounded)]).first else {
            throw EngineError(.graph, "the body yields no tensor, expected one like its input")
        }
        guard result.elementType == rounded.elementType, result.shape == rounded.shape else {
            throw EngineError(
                .graph,
                """
                the body yields `\(result.elementType.name)` \(result.shape), expected \
                `\(rounded.elementType.name)` \(rounded.shape) as its input
                """
            )
        }
        return try call.cast(result, to: tensor.elementType)
    }
}
