/// Operators of the group, in alphabetical order.
let nnOperators: [OperatorDefinition] = [
    Celu.definition,
    Elu.definition,
    Gelu.definition,
    Softmax.hardmax,
    HardSigmoid.definition,
    HardSwish.definition,
    LeakyRelu.definition,
    Softmax.logSoftmax,
    Mish.definition,
    PRelu.definition,
    Relu.definition,
    Selu.definition,
    Shrink.definition,
    Softmax.definition,
    ThresholdedRelu.definition,
]
