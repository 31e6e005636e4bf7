import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Attention without a softmax: a state that each token decays, writes to and reads.
///
/// *Shapes*: queries `[batch, length, query heads · k]`, keys and values `[batch, length, heads · k]` and
/// `[batch, length, heads · v]`; the state is `[batch, heads, k, v]`.
/// *Numerics*: in `float`, whatever the types of the inputs.
struct LinearAttention: Operator {
    private enum UpdateRule: String, CaseIterable, Sendable {
        case linear
        case gated
        case delta
        case gatedDelta = "gated_delta"

        var decays: Bool { self == .gated || self == .gatedDelta }
        /// Whether a token writes what its value differs by from what its key reads, and not the value itself.
        var corrects: Bool { self == .delta || self == .gatedDelta }
    }

    private let rule: UpdateRule
    private let queryHeads: Int
    private let heads: Int
    /// What the outputs are multiplied by; 0 for the inverse root of a key's size.
    private let scale: Float

    static let definition = OperatorDefinition("LinearAttention", since: 27) { node throws(EngineError) in
        for name in ["q_num_heads", "kv_num_heads"] { _ = try node.required(name, node.int(name)) }
        let (queryHeads, heads) = (try node.groupCount("q_num_heads"), try node.groupCount("kv_num_heads"))
        guard queryHeads % heads == 0 else {
            throw .attribute("q_num_heads", queryHeads, expected: "a multiple of `kv_num_heads`, \(heads)")
        }
        return LinearAttention(
            rule: try node.choice("update_rule", default: .gatedDelta),
            queryHeads: queryHeads,
            heads: heads,
            scale: try node.float("scale", default: 0)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let stateType = inputs.elementType(inputs.has(3) ? 3 : 0)
        guard let query = inputs.shape(0), let value = inputs.shape(2), query.count == 3, value.count == 3 else {
            return [.tensor(inputs.elementType()), .tensor(stateType)]
        }
        let keySize = query[2].map { $0 % queryHeads == 0 ? $0 / queryHeads : nil }
        let valueSize = value[2].map { $0 % heads == 0 ? $0 / heads : nil }
        return [
            .tensor(inputs.elementType(), [query[0], query[1], valueSize.times(queryHeads)]),
            .tensor(stateType, [query[0], .fixed(heads), keySize, valueSize]),
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let operands = try Operands(self, call)
        let past = try call.optionalTensor(3)
        let shape = try call.shape([operands.batch, operands.length, queryHeads * operands.valueSize])
        let stateShape = try call.shape([operands.batch, heads, operands.keySize, operands.valueSize])
        guard past.map({ $0.shape == stateShape }) ?? true else {
            throw EngineError(.shape, "the past state has another shape than \(stateShape)")
        }
        try call.state.check(.float, shape)
        try call.state.check(.float, stateShape)
        var outputs = [Float](repeating: 0, count: shape.elementCount)
        var states =
            try past.map { past throws(EngineError) in try call.cast(past, to: .float).array(of: Float.self) }
            ?? [Float](repeating: 0, count: stateShape.elementCount)
        let size = operands.keySize * operands.valueSize
        for sample in 0..<operands.batch {
            for head in 0..<heads {
                let range = (sample * heads + head) * size..<(sample * heads + head + 1) * size
                var state = Array(states[range])
                for token in 0..<operands.length {
                    let row = sample * operands.length + token
                    write(row, head, operands, to: &state)
                    read(row, head, operands, from: state, into: &outputs)
                }
                states.replaceSubrange(range, with: state)
            }
        }
        let type = try call.tensor(0).elementType
        return [
            .tensor(try call.cast(.of(outputs, shape), to: type)),
            .tensor(try call.cast(.of(states, stateShape), to: past?.elementType ?? type)),
        ]
    }

    private func write(_ row: Int, _ head: Int, _ operands: Operands, to state: inout [Float]) {
        let (keySize, valueSize) = (operands.keySize, operands.valueSize)
        let key = operands.key[((row * heads + head) * keySize)...].prefix(keySize)
        var value = Array(operands.value[((row * heads + head) * valueSize)...].prefix(valueSize))
        if rule.decays {
            for place in 0..<keySize {
                let factor = expf(operands.decay(row, head, place, heads))
                for index in 0..<valueSize { state[place * valueSize + index] *= factor }
            }
        }
        if rule.corrects {
            let rate = operands.rate(row, head)
            for index in 0..<valueSize {
                let known = key.enumerated().reduce(Float(0)) { $0 + state[$1.offset * valueSize + index] * $1.element }
                value[index] = rate * (value[index] - known)
            }
        }
        for (place, factor) in key.enumerated() {
            for index in 0..<valueSize { state[place * valueSize + index] += factor * value[index] }
        }
    }

    private func read(
        _ row: Int,
        _ head: Int,
        _ operands: Operands,
        from state: [Float],
        into outputs: inout [Float]
    ) {
        let (keySize, valueSize) = (operands.keySize, operands.valueSize)
        let scale = scale == 0 ? 1 / Float(keySize).squareRoot() : scale
        let sharers = queryHeads / heads
        for queryHead in (head * sharers)..<((head + 1) * sharers) {
            let start = (row * queryHeads + queryHead) * valueSize
            for place in 0..<keySize {
                let factor = scale * operands.query[(row * queryHeads + queryHead) * keySize + place]
                for index in 0..<valueSize { outputs[start + index] += factor * state[place * valueSize + index] }
            }
        }
    }
}

extension LinearAttention {
    /// The operands in `float`, with their shapes checked.
    private struct Operands {
        let batch: Int
        let length: Int
        let keySize: Int
        let valueSize: Int
        let query: [Float]
        let key: [Float]
        let value: [Float]
        private let decays: [Float]
        private let decayWidth: Int
        private let rates: [Float]
        private let rateWidth: Int

        init(_ layer: LinearAttention, _ call: OperatorCall) throws(EngineError) {
            let (query, key, value) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
            guard query.shape.rank == 3, value.shape.rank == 3, query.shape[2] % layer.queryHeads == 0,
                value.shape[2] % layer.heads == 0
            else {
                throw EngineError(
                    .shape,
                    "queries \(query.shape) and values \(value.shape) do not fit \(layer.queryHeads) and \(layer.heads) heads"
                )
            }
            let rows = [query.shape[0], query.shape[1]]
            (batch, length) = (rows[0], rows[1])
            keySize = query.shape[2] / layer.queryHeads
            valueSize = value.shape[2] / layer.heads
            guard key.shape.dimensions == rows + [layer.heads * keySize],
                Array(value.shape.dimensions[..<2]) == rows
            else {
                throw EngineError(
                    .shape,
                    "queries \(query.shape), keys \(key.shape) and values \(value.shape) do not fit one another"
                )
            }
            self.query = try call.cast(query, to: .float).array(of: Float.self)
            self.key = try call.cast(key, to: .float).array(of: Float.self)
            self.value = try call.cast(value, to: .float).array(of: Float.self)
            (decays, decayWidth) = try Self.gate(
                4,
                isUsed: layer.rule.decays,
                rows,
                widths: [layer.heads, layer.heads * keySize],
                call
            )
            (rates, rateWidth) = try Self.gate(
                5,
                isUsed: layer.rule.corrects,
                rows,
                widths: [layer.heads, 1],
                call
            )
        }

        /// The numbers that a rule takes for each token, of one of the widths that it may have.
        private static func gate(
            _ index: Int,
            isUsed: Bool,
            _ rows: [Int],
            widths: [Int],
            _ call: OperatorCall
        ) throws(EngineError) -> (numbers: [Float], width: Int) {
            guard let tensor = try call.optionalTensor(index) else {
                guard !isUsed else { throw EngineError(.input, "input \(index) is missing, which `update_rule` needs") }
                return ([], 0)
            }
            guard isUsed else {
                throw EngineError(.input, "input \(index) is given, which `update_rule` does not take")
            }
            guard tensor.shape.rank == 3, Array(tensor.shape.dimensions[..<2]) == rows,
                widths.contains(tensor.shape[2])
            else {
                throw EngineError(
                    .shape,
                    "input \(index) has shape \(tensor.shape), expected \(rows) and then \(widths[0]) or \(widths[1])"
                )
            }
            return (try call.cast(tensor, to: .float).array(of: Float.self), tensor.shape[2])
        }

        /// The logarithm of what a row of the state is multiplied by.
        func decay(_ row: Int, _ head: Int, _ place: Int, _ heads: Int) -> Float {
            decays[row * decayWidth + (decayWidth == heads ? head : head * keySize + place)]
        }

        /// How much of a correction is written.
        func rate(_ row: Int, _ head: Int) -> Float { rates[row * rateWidth + (rateWidth == 1 ? 0 : head)] }
    }
}
