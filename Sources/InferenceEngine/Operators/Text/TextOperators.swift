/// Operators of the group, in alphabetical order.
let textOperators: [OperatorDefinition] = [
    StringConcat.definition,
    StringNormalizer.definition,
    StringSplit.definition,
    TfIdfVectorizer.definition,
]
