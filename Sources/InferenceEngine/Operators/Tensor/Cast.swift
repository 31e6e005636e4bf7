import OnnxIR
import Tensors

/// The elements as another type.
struct Cast: Operator {
    let target: ElementType?
    var rules = NarrowCastRules.standard

    static let definition = OperatorDefinition("Cast", since: 1, 6, 9, 13, 19, 21, 23, 24, 25, 28) {
        node throws(EngineError) in
        if node.version < 6 {
            let name = try node.required("to", node.string("to"))
            guard let type = ElementType(name: name.lowercased()) else {
                throw .attribute("to", "`\(name)`", expected: "the name of an element type")
            }
            return Cast(target: type)
        }
        let type = try node.elementType("to")
        return Cast(target: try node.required("to", type), rules: try rules(node))
    }

    /// The type is that of the second input.
    static let like = OperatorDefinition("CastLike", since: 15, 19, 21, 23, 24, 25) { node throws(EngineError) in
        Cast(target: nil, rules: try rules(node))
    }

    private static func rules(_ node: NodeContext) throws(EngineError) -> NarrowCastRules {
        NarrowCastRules(
            saturates: try node.bool("saturate", default: true),
            rounding: try node.choice("round_mode", default: .up)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = target ?? inputs.elementType(1)
        var facts = Facts.tensor(type, inputs.shape())
        let fits = inputs[0].extents?.allSatisfy {
            $0.extent.map { type == .int64 || Int32(exactly: $0) != nil } ?? true
        }
        if type == .int64 || type == .int32, fits == true { facts.extents = inputs[0].extents }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        if let target { return [.tensor(try call.cast(input, to: target, rules))] }
        return [.tensor(try call.cast(input, to: call.tensor(1).elementType, rules))]
    }
}
