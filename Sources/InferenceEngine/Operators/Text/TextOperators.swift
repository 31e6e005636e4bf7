/// Operators of the group, in alphabetical order.
let textOperators: [OperatorDefinition] = [
    RegexFullMatch.definition
]
