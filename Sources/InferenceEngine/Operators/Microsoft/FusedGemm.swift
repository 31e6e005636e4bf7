import OnnxIR
import Tensors

/// A product of matrices as `Gemm` has it, with an activation.
struct FusedGemm: Operator {
    let product: Gemm
    let activation: FusedActivation?

    static let definition = OperatorDefinition("FusedGemm", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        FusedGemm(product: try Gemm(node), activation: try FusedActivation(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { product.infer(inputs) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let result = try product.result(of: [call.tensor(0), call.tensor(1), call.optionalTensor(2)], call)
        return [.tensor(try activation?.applied(to: result, call) ?? result)]
    }
}
