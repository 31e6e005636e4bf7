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
        let logarithms = try softmax.applied(to: call.tensor(0), call)
        let result = try loss.loss(logarithms, call.tensor(1), call.optionalTensor(2), call)
        return [.tensor(result), .tensor(logarithms)]
    }
}
