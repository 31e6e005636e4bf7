/// Operators of the group, in alphabetical order.
let controlFlowOperators: [OperatorDefinition] = []
