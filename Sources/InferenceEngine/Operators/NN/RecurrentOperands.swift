import Diagnostics
import OnnxIR
import Tensors

/// The operands of a recurrent layer in `Double`, with their shapes checked.
struct RecurrentOperands {
    let length: Int
    let batch: Int
    let hidden: Int
    let lengths: [Int]
    /// The direction whose matrices are used.
    var way = 0
    private let width: Int
    private let gates: Int
    private let x: [Double]
    private let w: [Double]
    private let r: [Double]
    private let b: [Double]
    let peepholes: [Double]

    init(_ layer: RecurrentLayer, _ call: OperatorCall) throws(EngineError) {
        var input = try call.tensor(0)
        let (weights, recurrence) = (try call.tensor(1), try call.tensor(2))
        let directions = layer.directionCount
        guard input.shape.rank == 3, weights.shape.rank == 3, recurrence.shape.rank == 3 else {
            throw EngineError(
                .shape,
                "X \(input.shape), W \(weights.shape), R \(recurrence.shape), expected 3 axes of each"
            )
        }
        if layer.isBatchFirst { input = try call.transposed(input, [1, 0, 2]) }
        (length, batch, width, hidden) = (input.shape[0], input.shape[1], input.shape[2], recurrence.shape[2])
        gates = layer.gateCount
        guard layer.hiddenSize == nil || layer.hiddenSize == hidden else {
            throw .attribute("hidden_size", layer.hiddenSize ?? 0, expected: "\(hidden), the last extent of R")
        }
        let rows = gates * hidden
        guard weights.shape.dimensions == [directions, rows, width],
            recurrence.shape.dimensions == [directions, rows, hidden]
        else {
            throw EngineError(
                .shape,
                "W \(weights.shape) and R \(recurrence.shape) do not fit X \(input.shape) with \(gates) gates"
            )
        }
        let places = try call.shape([length, directions, batch, hidden])
        try call.state.check(.double, places)
        x = try call.cast(input, to: .double).array(of: Double.self)
        w = try call.cast(weights, to: .double).array(of: Double.self)
        r = try call.cast(recurrence, to: .double).array(of: Double.self)
        b = try Self.optional(3, [directions, 2 * rows], call)
        peepholes = gates == 4 ? try Self.optional(7, [directions, 3 * hidden], call) : []
        let given = try call.integers(4)
        lengths = given ?? [Int](repeating: length, count: batch)
        let longest = length
        guard lengths.count == batch, lengths.allSatisfy({ $0 >= 0 && $0 <= longest }) else {
            throw EngineError(
                .value,
                "the lengths of the sequences are \(lengths), expected \(batch) from 0 to \(length)"
            )
        }
    }

    private static func optional(_ index: Int, _ shape: [Int], _ call: OperatorCall) throws(EngineError) -> [Double] {
        guard let tensor = try call.optionalTensor(index) else {
            return [Double](repeating: 0, count: shape.reduce(1, *))
        }
        guard tensor.shape.dimensions == shape else {
            throw EngineError(.shape, "input \(index) has shape \(tensor.shape), expected \(shape)")
        }
        return try call.cast(tensor, to: .double).array(of: Double.self)
    }

    func input(_ time: Int, _ sample: Int) -> [Double] {
        let start = (time * batch + sample) * width
        return Array(x[start..<(start + width)])
    }

    /// `W·x + Wb` for a unit of a gate.
    func fromInput(_ x: [Double], gate: Int, unit: Int) -> Double {
        let row = (way * gates + gate) * hidden + unit
        var sum = b[way * 2 * gates * hidden + gate * hidden + unit]
        for (index, value) in x.enumerated() { sum += w[row * width + index] * value }
        return sum
    }

    /// `R·h + Rb` for a unit of a gate.
    func fromState(_ h: [Double], gate: Int, unit: Int) -> Double {
        let row = (way * gates + gate) * hidden + unit
        var sum = b[(way * 2 + 1) * gates * hidden + gate * hidden + unit]
        for (index, value) in h.enumerated() { sum += r[row * hidden + index] * value }
        return sum
    }

    /// The weight of a peephole: input 0, output 1, forget 2.
    func peephole(_ gate: Int, unit: Int) -> Double { peepholes[(way * 3 + gate) * hidden + unit] }
}
