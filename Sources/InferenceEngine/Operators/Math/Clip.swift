import Diagnostics
import OnnxIR
import Tensors

/// Elements held between a least and a largest value, which are attributes before opset 11 and inputs since.
struct Clip: Operator {
    let least: Float?
    let largest: Float?

    static let definition = OperatorDefinition("Clip", since: 1, 6, 11, 12, 13, halves: .widened) {
        node throws(EngineError) in
        Clip(least: try node.float("min"), largest: try node.float("max"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var result = try call.tensor(0)
        for (index, bound) in [(1, least), (2, largest)] {
            var limit = try call.optionalTensor(index)
            if let bound, limit == nil { limit = try call.cast(.of([bound], .scalar), to: result.elementType) }
            guard let limit else { continue }
            guard limit.shape.elementCount == 1 else {
                throw EngineError(.shape, "input \(index) has shape \(limit.shape), expected a scalar")
            }
            let scalar = try limit.with(shape: .scalar)
            result = index == 1 ? try Max.compute(result, scalar, call) : try Min.compute(result, scalar, call)
        }
        return [.tensor(result)]
    }
}
