/// Operators of the group, in alphabetical order.
let textOperators: [OperatorDefinition] = [
    RegexFullMatch.definition,
    StringConcat.definition,
    StringNormalizer.definition,
    StringSplit.definition,
    TfIdfVectorizer.definition,
]
