/// Operators of the group, in alphabetical order.
let quantizationOperators: [OperatorDefinition] = []
