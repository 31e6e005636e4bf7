/// Operators of the group, in alphabetical order.
let logicalOperators: [OperatorDefinition] = []
