/// Operators of the group, in alphabetical order.
let trainingOperators: [OperatorDefinition] = [
    Adagrad.definition,
    Adam.definition,
    Momentum.definition,
]
