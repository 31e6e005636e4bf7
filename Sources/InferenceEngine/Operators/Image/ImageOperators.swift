/// Operators of the group, in alphabetical order.
let imageOperators: [OperatorDefinition] = [
    ImageDecoder.definition,
    NonMaxSuppression.definition,
    RoiAlign.definition,
]
