/// Operators of the group, in alphabetical order.
let logicalOperators: [OperatorDefinition] = [
    TruthFunction.and,
    BitShift.definition,
    BitwiseAnd.definition,
    BitwiseNot.definition,
    BitwiseOr.definition,
    BitwiseXor.definition,
    Equal.definition,
    Greater.definition,
    GreaterOrEqual.definition,
    Less.definition,
    LessOrEqual.definition,
    Not.definition,
    TruthFunction.or,
    TruthFunction.xor,
]
