import OnnxIR
import Tensors

/// The negative log likelihood of the log-softmax over the classes, and that log-softmax.
struct SoftmaxCrossEntropyLoss: Operator {
    let loss: NegativeLogLikelihoodLoss

    static let definition = OperatorDefinition("SoftmaxCrossEntropyLoss", since: 12, 13, halves: .widened) {
        node throws(EngineError) in
        SoftmaxCrossEntropyLoss(
            loss: NegativeLogLikelihoodLoss(
                reduction: try node.choice("reduction", default: .mean),
                ignoredClass: try node.int("ignore_index")
            )
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { loss.infer(inputs) + [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let softmax = Softmax(form: .logSoftmax, axis: 1, flattens: false)
        let scores = try softmax.run(call)
        guard case .tensor(let logarithms) = scores[0] else { return scores }
        let result = try loss.loss(logarithms, call.tensor(1), call.optionalTensor(2), call)
        return [.tensor(result), scores[0]]
    }
}
