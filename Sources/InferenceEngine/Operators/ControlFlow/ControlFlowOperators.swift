/// Operators of the group, in alphabetical order.
let controlFlowOperators: [OperatorDefinition] = [
    If.definition,
    Loop.definition,
    Scan.definition,
]
