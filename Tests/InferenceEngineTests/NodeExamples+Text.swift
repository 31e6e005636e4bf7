import OnnxIR
import Tensors

extension NodeExample {
    static let text: [String: NodeExample] = [
        "StringConcat": NodeExample(.random(.string, [2, 3]), .random(.string, [3])),
        "StringNormalizer": NodeExample(
            .random(.string, [1, 4]),
            attributes: [
                "stopwords": .strings(["linear", "sum"]), "case_change_action": .string("UPPER"),
                "is_case_sensitive": .int(0),
            ]
        ),
        "StringSplit": NodeExample(
            .random(.string, [2, 3]),
            attributes: ["delimiter": .string("E"), "maxsplit": .int(2)]
        ),
        "TfIdfVectorizer": NodeExample(
            .integers([1, 2, 3, 2, 1, 2], [2, 3]),
            attributes: [
                "mode": .string("TFIDF"), "min_gram_length": .int(1), "max_gram_length": .int(2),
                "max_skip_count": .int(1), "ngram_counts": .ints([0, 2]), "ngram_indexes": .ints([0, 2, 3]),
                "pool_int64s": .ints([1, 2, 2, 3]), "weights": .floats([1, 2, 3]),
            ]
        ),
        "Tokenizer": NodeExample(
            .random(.string, [2, 3]),
            attributes: [
                "mark": .int(1), "mincharnum": .int(1), "pad_value": .string("#"), "tokenexp": .string("[a-z]+"),
            ]
        ),
    ]
}
