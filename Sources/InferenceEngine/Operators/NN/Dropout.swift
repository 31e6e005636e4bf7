import Diagnostics
import OnnxIR
import Tensors

/// Its input and a mask of truth, as the operator is defined outside of training.
struct Dropout: Operator {
    let maskIsNumber: Bool

    static let definition = OperatorDefinition("Dropout", since: 1, 6, 7, 10, 12, 13, 22) { node throws(EngineError) in
        Dropout(maskIsNumber: node.version < 10)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(), inputs.like(elementType: maskIsNumber ? nil : .bool)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        if let trains = try call.optionalTensor(2), try trains.integers("`training_mode`").first == 1 {
            let ratio = try call.optionalTensor(1).map { tensor throws(EngineError) in
                try call.cast(tensor, to: .double).array(of: Double.self).first ?? 0
            }
            guard ratio == 0 else {
                throw EngineError(.unsupportedAttribute, "training with a ratio other than 0 is not supported")
            }
        }
        guard call.outputCount > 1 else { return [.tensor(input)] }
        let mask = try call.expanded(.of([true], .scalar), to: input.shape)
        return [.tensor(input), .tensor(maskIsNumber ? try call.cast(mask, to: input.elementType) : mask)]
    }
}
