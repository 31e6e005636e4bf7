/// Operators of the group, in alphabetical order.
let imageOperators: [OperatorDefinition] = [
    NonMaxSuppression.definition,
    RoiAlign.definition,
]
