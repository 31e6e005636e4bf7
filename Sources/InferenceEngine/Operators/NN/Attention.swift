import Diagnostics
import OnnxIR
import Tensors

/// Scaled dot-product attention, with masks, grouped heads and caches of keys and values.
///
/// *Shapes*: `[batch, heads, length, size]`, or `[batch, length, heads · size]` with the numbers of heads as attributes.
struct Attention: Operator {
    /// At which stage the last output shows the scores.
    enum Stage: Int {
        case products
        case capped
        case masked
        case probabilities
    }

    /// How an attention differs that stands for operators a model spells out.
    enum Spelling: Int {
        /// It does not: a query that sees no key yields zeros, and one that it does not see counts for nothing.
        case standard
        /// A query that sees no key yields NaN, as `Softmax` does, and what a mask holds is added whatever the score.
        case softmax
        /// As `softmax`, with zeros in the place of all probabilities that are NaN.
        case softmaxWithoutNaN
    }

    /// The attribute by which passes tell the spelling; no file has it.
    static let spellingAttribute = "_spelling"

    var queryHeads: Int?
    var heads: Int?
    /// What products are multiplied by; the inverse root of a head's size unless it is given.
    var scale: Float?
    var softcap: Float = 0
    var reach = AttentionReach.all
    var precision: SoftmaxPrecision?
    var shownStage = Stage.products
    var spelling = Spelling.standard

    static let definition = OperatorDefinition("Attention", since: 23, 24, 25, halves: .widened) {
        node throws(EngineError) in
        let mode = try node.int("qk_matmul_output_mode", default: 0)
        guard let stage = Stage(rawValue: mode) else {
            throw .attribute("qk_matmul_output_mode", mode, expected: "0 to 3")
        }
        return Attention(
            queryHeads: try node.has("q_num_heads") ? node.groupCount("q_num_heads") : nil,
            heads: try node.has("kv_num_heads") ? node.groupCount("kv_num_heads") : nil,
            scale: try node.float("scale"),
            softcap: try node.float("softcap", default: 0),
            reach: try AttentionReach(node),
            precision: try SoftmaxPrecision(node),
            shownStage: stage,
            spelling: Spelling(rawValue: try node.int(spellingAttribute, default: 0)) ?? .standard
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.elementType()
        guard let query = split(inputs.shape(0), queryHeads), let key = split(inputs.shape(1), heads),
            let value = split(inputs.shape(2), heads)
        else { return [.tensor(type), .tensor(type), .tensor(inputs.elementType(2)), .tensor(type)] }
        var count = key[2]
        if inputs.has(4) {
            let past = inputs.shape(4).flatMap { $0.count == 4 ? $0[2] : nil }
            count = past.map { count.plus($0) } ?? .unknown
        }
        let isFlat = inputs.shape()?.count == 3
        let result = isFlat ? [query[0], query[2], value[3].times(queryHeads ?? 1)] : query[..<3] + [value[3]]
        return [
            .tensor(type, result),
            .tensor(type, [key[0], key[1], count, key[3]]),
            .tensor(inputs.elementType(2), [value[0], value[1], count, value[3]]),
            .tensor(type, query[..<3] + [count]),
        ]
    }

    /// The shape with an axis for the heads.
    private func split(_ shape: [Dimension]?, _ count: Int?) -> [Dimension]? {
        guard let shape, shape.count == 3, let count else { return shape?.count == 4 ? shape : nil }
        return [shape[0], .fixed(count), shape[1], shape[2].map { $0 % count == 0 ? $0 / count : nil }]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        switch try call.tensor(0).elementType {
        case .float: return try compute(Float.self, call)
        case .double: return try compute(Double.self, call)
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func compute<Element: ProductElement & RealElement>(
        _ type: Element.Type,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let queries = try split(call.tensor(0), queryHeads, "q_num_heads", call)
        var keys = try split(call.tensor(1), heads, "kv_num_heads", call)
        var values = try split(call.tensor(2), heads, "kv_num_heads", call)
        let (pastKeys, pastValues) = (try call.optionalTensor(4), try call.optionalTensor(5))
        let lengths = try call.integers(6)
        guard (pastKeys == nil) == (pastValues == nil), pastKeys == nil || lengths == nil else {
            throw EngineError(
                .input,
                "past keys, past values or `nonpad_kv_seqlen` are given, expected both of the first or the last"
            )
        }
        if let pastKeys, let pastValues {
            keys = try call.concatenated([pastKeys, keys], axis: 2)
            values = try call.concatenated([pastValues, values], axis: 2)
        }
        let plan = try AttentionHeads(queries: queries.shape, keys: keys.shape, values: values.shape, call)
        let mask = try AttentionMask<Element>(
            plan,
            reach: reach,
            mask: call.optionalTensor(3),
            pastCount: pastKeys?.shape[2],
            lengths: lengths,
            addsAlways: spelling != .standard,
            call
        )
        let weighted = try call.cast(values, to: Element.elementType)
        let (query, key, value) = (try queries.pointer(type), try keys.pointer(type), try weighted.pointer(type))
        let bias = try mask.bias?.pointer(type)
        let scale = scale.map { Element($0) } ?? 1 / Element(plan.size).squareRoot()
        let matrix = plan.queryCount * plan.keyCount
        let shownShape = try call.shape(call.outputCount > 3 ? plan.scoreShape : [0])
        try call.state.check(Element.elementType, shownShape)
        var shown: [Element] = []
        let result = try call.tensor(of: type, call.shape(plan.outputShape), zeroed: true) { target in
            plan.forEachScores(query, key, scale: scale) { head, scores in
                let show = { (stage: Stage) in
                    guard call.outputCount > 3, stage == shownStage else { return }
                    shown += UnsafeBufferPointer(start: scores, count: matrix)
                }
                show(.products)
                if softcap > 0 { for index in 0..<matrix { scores[index] = capped(scores[index]) } }
                show(.capped)
                mask.apply(to: scores, head: head, bias)
                show(.masked)
                for row in 0..<plan.queryCount {
                    normalize(scores + row * plan.keyCount, count: plan.keyCount)
                }
                show(.probabilities)
                plan.addValues(scores, value, head: head, to: target)
            }
        }
        withExtendedLifetime((queries, keys, weighted, mask)) {}
        let output = try call.tensor(0).shape.rank == 4 ? result : joined(result, call)
        guard call.outputCount > 1 else { return [.tensor(output)] }
        return [.tensor(output), .tensor(keys), .tensor(values), .tensor(try .of(shown, shownShape))]
    }

    private func normalize<Element: RealElement>(_ row: UnsafeMutablePointer<Element>, count: Int) {
        let isEmpty = UnsafeBufferPointer(start: row, count: count).allSatisfy { $0 == -.infinity }
        if isEmpty, spelling == .softmax {
            row.update(repeating: .nan, count: count)
        } else {
            SoftmaxPrecision.normalize(row, count: count, in: precision)
        }
        guard spelling == .softmaxWithoutNaN else { return }
        for index in 0..<count where row[index].isNaN { row[index] = 0 }
    }

    private func capped<Element: RealElement>(_ score: Element) -> Element {
        Element(softcap) * Element.tanh(score / Element(softcap))
    }

    /// The tensor with an axis for the heads, before that of the positions.
    private func split(
        _ tensor: Tensor,
        _ count: Int?,
        _ attribute: String,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let shape = tensor.shape
        switch (shape.rank, count) {
        case (4, nil): return tensor
        case (4, let count?) where shape[1] == count: return tensor
        case (3, let count?) where shape[2] % count == 0:
            let parts = try call.shape([shape[0], shape[1], count, shape[2] / count])
            return try call.transposed(tensor.with(shape: parts), [0, 2, 1, 3])
        default:
            throw EngineError(
                .shape,
                "an input has shape \(shape), expected 4 axes, or 3 of which `\(attribute)` divides the last"
            )
        }
    }

    /// The tensor with its heads in one axis, behind that of the positions.
    private func joined(_ tensor: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let shape = tensor.shape
        return try call.transposed(tensor, [0, 2, 1, 3])
            .with(shape: call.shape([shape[0], shape[2], shape[1] * shape[3]]))
    }
}
