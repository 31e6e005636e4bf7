import OnnxIR
import Tensors

/// The number of elements of a sequence.
struct SequenceLength: Operator {
    static let definition = OperatorDefinition("SequenceLength", since: 11) { _ throws(EngineError) in SequenceLength()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.int64, [])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try .of([Int64(call.sequence(0).values.count)], .scalar))]
    }
}
