/// Operators of the group, in alphabetical order.
let reductionOperators: [OperatorDefinition] = [
    ArgMax.definition,
    ArgMax.argMin,
]
