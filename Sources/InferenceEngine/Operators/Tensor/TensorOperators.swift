import Tensors

/// Operators of the group, in alphabetical order.
let tensorOperators: [OperatorDefinition] = [
    Cast.definition,
    Cast.like,
    Identity.definition,
    Reshape.definition,
    Transpose.definition,
]
