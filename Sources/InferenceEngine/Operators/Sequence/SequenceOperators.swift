/// Operators of the group, in alphabetical order.
let sequenceOperators: [OperatorDefinition] = [
    ConcatFromSequence.definition,
    OptionalValue.definition,
    OptionalGetElement.definition,
    OptionalHasElement.definition,
    SequenceAt.definition,
    SequenceConstruct.definition,
    SequenceConstruct.empty,
    SequenceErase.definition,
    SequenceInsert.definition,
    SequenceLength.definition,
    SequenceMap.definition,
    SplitToSequence.definition,
]
