import OnnxIR
import Tensors

/// A sequence of its inputs, or an empty one.
struct SequenceConstruct: Operator {
    /// The element type of an empty sequence.
    let emptyType: ElementType

    static let definition = OperatorDefinition("SequenceConstruct", since: 11) { _ throws(EngineError) in
        SequenceConstruct(emptyType: .float)
    }

    static let empty = OperatorDefinition("SequenceEmpty", since: 11) { node throws(EngineError) in
        SequenceConstruct(emptyType: try node.elementType("dtype") ?? .float)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let types = (0..<inputs.count).map {
            inputs[$0].type ?? .tensor(inputs.elementType(), shape: nil)
        }
        let joined = types.dropFirst().reduce(types.first) { $0?.joined(with: $1) }
        guard inputs.count > 0 else { return [.constant(.sequence([], of: .tensor(emptyType, shape: nil)))] }
        return [Facts(type: .sequence(joined))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let tensors = try call.tensors()
        let type = tensors.first?.elementType ?? emptyType
        for tensor in tensors where tensor.elementType != type { throw .elementTypes(type, tensor.elementType) }
        return [.sequence(tensors.map { .tensor($0) }, of: .tensor(type, shape: nil))]
    }
}
