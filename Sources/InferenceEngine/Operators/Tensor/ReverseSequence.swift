import Diagnostics
import OnnxIR
import Tensors

/// The first elements of each sequence of a batch in reverse order, as many as its length says.
struct ReverseSequence: Operator {
    let batchAxis: Int
    let timeAxis: Int

    static let definition = OperatorDefinition("ReverseSequence", since: 10, 28) { node throws(EngineError) in
        let batch = try node.int("batch_axis", default: 1)
        let time = try node.int("time_axis", default: 0)
        guard (batch == 0 && time == 1) || (batch == 1 && time == 0) else {
            throw EngineError(
                .attribute,
                "`batch_axis` is \(batch) and `time_axis` is \(time), expected 0 and 1, or 1 and 0"
            )
        }
        return ReverseSequence(batchAxis: batch, timeAxis: time)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let lengths = try call.tensor(1).integers("the lengths")
        let shape = input.shape
        guard shape.rank >= 2, lengths.count == shape[batchAxis] else {
            throw EngineError(.shape, "\(lengths.count) lengths for \(shape), expected one for each sequence")
        }
        for length in lengths where length < 0 || length > shape[timeAxis] {
            throw EngineError(.value, "length \(length) is out of range, expected 0 to \(shape[timeAxis])")
        }
        let inner = shape.dimensions[2...].reduce(1, *)
        var offsets: [Int] = []
        for first in 0..<shape[0] {
            for second in 0..<shape[1] {
                let (batch, time) = batchAxis == 0 ? (first, second) : (second, first)
                let source = time < lengths[batch] ? lengths[batch] - 1 - time : time
                let place = batchAxis == 0 ? batch * shape[1] + source : source * shape[1] + batch
                offsets.append(place * inner)
            }
        }
        return [.tensor(try call.moved(input, to: shape, BlockGather(offsets: offsets, length: inner)))]
    }
}
