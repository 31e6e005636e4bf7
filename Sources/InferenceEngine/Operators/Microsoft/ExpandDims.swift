import Diagnostics
import OnnxIR
import Tensors

/// The tensor with an axis of extent 1 put in, which the second input counts in the result.
struct ExpandDims: Operator {
    static let definition = OperatorDefinition("ExpandDims", domain: .microsoft, since: 1) { _ throws(EngineError) in
        ExpandDims()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let axis = inputs[1].integers, axis.count == 1 else { return [.tensor(inputs.elementType())] }
        return Unsqueeze(fixedAxes: axis).infer(inputs)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let axis = try call.tensor(1).integers("the axis")
        guard axis.count == 1 else { throw EngineError(.shape, "there are \(axis.count) axes, expected one") }
        return try Unsqueeze(fixedAxes: axis).run(call)
    }
}
