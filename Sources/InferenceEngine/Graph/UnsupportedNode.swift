import Diagnostics
import OnnxIR

/// In the place of an operator that the engine lacks, where a model is looked at and not run.
struct UnsupportedNode: Operator {
    static func definition(of node: Node) -> OperatorDefinition {
        OperatorDefinition(node.opType, domain: node.domain, since: 1) { _ throws(EngineError) in UnsupportedNode() }
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        throw EngineError(.unsupportedOperator, "the operator is not supported")
    }
}
