/// Operators of the group, in alphabetical order.
let sequenceOperators: [OperatorDefinition] = []
