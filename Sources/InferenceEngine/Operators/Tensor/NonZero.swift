import OnnxIR
import Tensors

/// The coordinates of the elements that are not zero, one column for each.
struct NonZero: Operator {
    static let definition = OperatorDefinition("NonZero", since: 9, 13) { _ throws(EngineError) in NonZero() }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.int64, [inputs.shape().map { .fixed($0.count) } ?? .unknown, .unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let parts = try input.complexParts()
        let partCount = parts == nil ? 1 : 2
        let flags = try call.cast(parts ?? input, to: .bool)
        let holds = try flags.pointer(Bool.self)
        let isNonZero = { (place: Int) in holds[partCount * place] || holds[partCount * (place + 1) - 1] }
        let count = (0..<input.shape.elementCount).reduce(0) { $0 + (isNonZero($1) ? 1 : 0) }
        let strides = input.shape.strides
        let result = try call.tensor(of: Int64.self, call.shape([input.shape.rank, count])) { target in
            var column = 0
            for place in 0..<input.shape.elementCount where isNonZero(place) {
                for axis in 0..<input.shape.rank {
                    target[axis * count + column] = Int64(place / strides[axis] % input.shape[axis])
                }
                column += 1
            }
        }
        withExtendedLifetime(flags) {}
        return [.tensor(result)]
    }
}
