import OnnxIR
import Tensors

/// The number of elements.
struct Size: Operator {
    static let definition = OperatorDefinition("Size", since: 1, 13, 19, 21, 23, 24, 25) { _ throws(EngineError) in
        Size()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let count = inputs.shape()?.product else { return [.tensor(.int64, [])] }
        if let fixed = count.extent, let tensor = try? Tensor.of([Int64(fixed)], .scalar) {
            return [.constant(.tensor(tensor))]
        }
        return [Facts(type: .tensor(.int64, []), extents: [count])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try .of([Int64(call.tensor(0).shape.elementCount)], .scalar))]
    }
}
