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
        let holds = try call.cast(parts ?? input, to: .bool).array(of: Bool.self)
        let places =
            parts == nil
            ? holds.indices.filter { holds[$0] }
            : (0..<input.shape.elementCount).filter { holds[2 * $0] || holds[2 * $0 + 1] }
        let shape = try call.shape([input.shape.rank, places.count])
        let strides = input.shape.strides
        return [
            .tensor(
                try call.tensor(of: Int64.self, shape) { target in
                    for axis in 0..<input.shape.rank {
                        for (column, place) in places.enumerated() {
                            target[axis * places.count + column] = Int64(place / strides[axis] % input.shape[axis])
                        }
                    }
                }
            )
        ]
    }
}
