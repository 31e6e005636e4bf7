import Diagnostics
import OnnxIR
import Tensors

/// One of two graphs, by a condition.
struct If: Operator {
    let thenBranch: Subgraph
    let elseBranch: Subgraph

    static let definition = OperatorDefinition("If", since: 1, 11, 13, 16, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        If(thenBranch: try node.subgraph("then_branch"), elseBranch: try node.subgraph("else_branch"))
    }

    var isDeterministic: Bool { thenBranch.isDeterministic && elseBranch.isDeterministic }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let then = thenBranch.infer([], captures: inputs.captures)
        let other = elseBranch.infer([], captures: inputs.captures)
        return zip(then, other).map { $0.joined(with: $1) }
    }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] {
        [
            OperatorBody(attribute: "then_branch", graph: thenBranch, inputs: []),
            OperatorBody(attribute: "else_branch", graph: elseBranch, inputs: []),
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let condition = try call.tensor(0)
        guard condition.elementType == .bool, condition.shape.elementCount == 1 else {
            throw EngineError(
                .shape,
                "the condition is `\(condition.elementType.name)` \(condition.shape), expected one `bool`"
            )
        }
        return try call.run(condition.pointer(Bool.self)[0] ? thenBranch : elseBranch, [])
    }
}
