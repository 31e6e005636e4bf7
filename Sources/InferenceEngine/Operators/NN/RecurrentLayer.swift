import Diagnostics
import OnnxIR
import Tensors

/// What `RNN`, `GRU` and `LSTM` share: directions, batches of sequences with lengths, and their matrices.
struct RecurrentLayer: Sendable {
    enum Direction: String, CaseIterable, Sendable {
        case forward
        case reverse
        case bidirectional
    }

    let direction: Direction
    let hiddenSize: Int?
    let activations: [RecurrentActivation]
    let clip: Float?
    let isBatchFirst: Bool
    /// Gates of a cell, and with them rows of the matrices for each hidden unit.
    let gateCount: Int

    var directionCount: Int { direction == .bidirectional ? 2 : 1 }

    init(_ node: NodeContext, gateCount: Int, activations defaults: [String]) throws(EngineError) {
        direction = try node.choice("direction", default: .forward)
        hiddenSize = try node.int("hidden_size")
        if let hiddenSize, hiddenSize < 0 { throw .attribute("hidden_size", hiddenSize, expected: "0 or more") }
        clip = try node.float("clip")
        isBatchFirst = try node.bool("layout", default: false)
        self.gateCount = gateCount
        let count = direction == .bidirectional ? 2 : 1
        let names = try node.strings("activations") ?? [[String]](repeating: defaults, count: count).flatMap { $0 }
        guard names.count == count * defaults.count else {
            throw EngineError(.attribute, "`activations` has \(names.count) names, expected \(count * defaults.count)")
        }
        let alphas = try node.floats("activation_alpha") ?? []
        let betas = try node.floats("activation_beta") ?? []
        var activations: [RecurrentActivation] = []
        for (index, name) in names.enumerated() {
            activations.append(
                try RecurrentActivation(
                    name,
                    alpha: index < alphas.count ? alphas[index] : nil,
                    beta: index < betas.count ? betas[index] : nil
                )
            )
        }
        self.activations = activations
    }

    func clipped(_ value: Double) -> Double {
        guard let clip else { return value }
        return min(max(value, -Double(clip)), Double(clip))
    }

    func infer(_ inputs: InputFacts, stateCount: Int) -> [Facts] {
        let recurrence = inputs.shape(2)
        let hidden = hiddenSize.map { .fixed($0) } ?? (recurrence?.count == 3 ? recurrence?[2] : nil) ?? .unknown
        guard let shape = inputs.shape(), shape.count == 3 else {
            return [Facts](repeating: .tensor(inputs.elementType()), count: 1 + stateCount)
        }
        let directions = Dimension.fixed(directionCount)
        let (length, batch) = isBatchFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
        let all = isBatchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden]
        let last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
        let state = Facts.tensor(inputs.elementType(), last)
        return [.tensor(inputs.elementType(), all)] + [Facts](repeating: state, count: stateCount)
    }

    /// Runs the layer over a batch; the results are all outputs and the last states.
    ///
    /// *Throws*: `shape` when the operands do not fit one another.
    func run(
        _ call: OperatorCall,
        stateInputs: [Int],
        cell: (_ operands: RecurrentOperands, _ input: [Double], _ states: inout [[Double]]) -> Void
    ) throws(EngineError) -> [Value] {
        let operands = try RecurrentOperands(self, call)
        var states = try stateInputs.map { index throws(EngineError) in try initialState(index, operands, call) }
        let (length, batch, hidden) = (operands.length, operands.batch, operands.hidden)
        var all = [Double](repeating: 0, count: length * directionCount * batch * hidden)
        for way in 0..<directionCount {
            let isReverse = direction == .reverse || way == 1
            var local = operands
            local.way = way
            for sample in 0..<batch {
                let place = (way * batch + sample) * hidden
                var current = states.map { Array($0[place..<(place + hidden)]) }
                for step in 0..<operands.lengths[sample] {
                    let time = isReverse ? operands.lengths[sample] - 1 - step : step
                    cell(local, operands.input(time, sample), &current)
                    let start = ((time * directionCount + way) * batch + sample) * hidden
                    for (unit, value) in current[0].enumerated() { all[start + unit] = value }
                }
                for (index, state) in current.enumerated() {
                    states[index].replaceSubrange(place..<(place + hidden), with: state)
                }
            }
        }
        let type = try call.tensor(0).elementType
        let shape = try call.shape([length, directionCount, batch, hidden])
        var result = try Tensor.of(all, shape)
        if isBatchFirst { result = try call.transposed(result, [2, 0, 1, 3]) }
        var values: [Value] = [.tensor(try call.cast(result, to: type))]
        for state in states {
            var last = try Tensor.of(state, call.shape([directionCount, batch, hidden]))
            if isBatchFirst { last = try call.transposed(last, [1, 0, 2]) }
            values.append(.tensor(try call.cast(last, to: type)))
        }
        return values
    }

    private func initialState(
        _ index: Int,
        _ operands: RecurrentOperands,
        _ call: OperatorCall
    ) throws(EngineError) -> [Double] {
        let count = directionCount * operands.batch * operands.hidden
        guard var state = try call.optionalTensor(index) else { return [Double](repeating: 0, count: count) }
        if isBatchFirst, state.shape.rank == 3 { state = try call.transposed(state, [1, 0, 2]) }
        guard state.shape.dimensions == [directionCount, operands.batch, operands.hidden] else {
            throw EngineError(
                .shape,
                "a state has shape \(state.shape), expected [\(directionCount), \(operands.batch), \(operands.hidden)]"
            )
        }
        return try call.cast(state, to: .double).array(of: Double.self)
    }
}
