import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node of a classical model that is broken in one attribute, and what it is told.
private struct Abuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var domain = OperatorDomain.onnxML
    let opset: Int64
    let attributes: [Attribute]
    var input: @Sendable () throws -> Tensor = { try floats([1, 2], [1, 2]) }
    let error: String

    var testDescription: String { "\(opType): \(error)" }

    /// The example of an operator with other attributes.
    init(
        _ opType: String,
        _ opset: Int64,
        domain: OperatorDomain = .onnxML,
        _ changes: KeyValuePairs<String, AttributeValue>,
        _ input: (@Sendable () throws -> Tensor)? = nil,
        error: String
    ) {
        self.opType = opType
        self.domain = domain
        self.opset = opset
        self.error = error
        if let input { self.input = input }
        let kept = NodeExample.all[opType]?.attributes.filter { kept in !changes.contains { $0.key == kept.name } }
        attributes = (kept ?? []) + changes.map { Attribute($0.key, $0.value) }
    }
}

private let words: @Sendable () throws -> Tensor = { try Tensor(strings: ["a", "b"], shape: .vector(2)) }

private let abuses: [Abuse] = [
    Abuse(
        "TreeEnsemble",
        5,
        ["nodes_truenodeids": .ints([0, 0, 3])],
        error: "the nodes form a cycle or share a child, expected trees"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["tree_roots": .ints([0, 1])],
        error: "the nodes form a cycle or share a child, expected trees"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["tree_roots": .ints([.min])],
        error: "attribute `tree_roots` is -9223372036854775808, expected 0 to 2"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["nodes_truenodeids": .ints([1, 5, 3])],
        error: "attribute `nodes_truenodeids` is 5, expected 0 to 4"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["nodes_falsenodeids": .ints([.max, 1, 4]), "nodes_falseleafs": .ints([0, 1, 1])],
        error: "attribute `nodes_falsenodeids` is 9223372036854775807, expected 0 to 2"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["leaf_targetids": .ints([0, 1, 0, 2, 0])],
        error: "attribute `leaf_targetids` is 2, expected 0 to 1"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["leaf_targetids": .ints([0])],
        error: "attribute `leaf_weights` has 5 elements, expected 1"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["n_targets": .int(.max)],
        error: "attribute `n_targets` is \(Int.max), expected 1 to 1048576"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["membership_values": .ints([])],
        error: "attribute `membership_values` has the kind `ints`, expected a tensor"
    ),
    Abuse(
        "TreeEnsemble",
        5,
        ["nodes_featureids": .ints([0, 7, 1])],
        error: "input has 2 features, expected at least 8"
    ),
    Abuse("TreeEnsemble", 5, ["post_transform": .int(5)], error: "attribute `post_transform` is 5, expected 0 to 4"),
    Abuse(
        "TreeEnsemble",
        5,
        [:],
        { try floats([1], [1, 1, 1]) },
        error: "input has shape [1, 1, 1], expected a matrix of samples"
    ),
    Abuse(
        "TreeEnsembleRegressor",
        3,
        ["target_nodeids": .ints([1, 1])],
        error: "a leaf has no weight in `target_weights`"
    ),
    Abuse(
        "TreeEnsembleRegressor",
        3,
        ["nodes_truenodeids": .ints([0, 0, 0])],
        error: "the nodes form a cycle or share a child, expected trees"
    ),
    Abuse("TreeEnsembleRegressor", 3, ["base_values": .floats([1])], error: "`base_values` has 1 elements, expected 2"),
    Abuse(
        "TreeEnsembleClassifier",
        5,
        ["class_ids": .ints([0, .min])],
        error: "attribute `class_ids` is -9223372036854775808, expected 0 to 1"
    ),
    Abuse(
        "SVMClassifier",
        1,
        ["vectors_per_class": .ints([.max, .max, .max])],
        error: "attribute `vectors_per_class` is 9223372036854775807, expected 0 to 2147483647"
    ),
    Abuse(
        "SVMClassifier",
        1,
        ["vectors_per_class": .ints([4, 1, 1])],
        error: "`coefficients` has 6 elements, expected 12"
    ),
    Abuse("SVMClassifier", 1, ["rho": .floats([0])], error: "`rho` has 1 elements, expected 3"),
    Abuse("SVMClassifier", 1, ["prob_b": .floats([])], error: "`prob_b` has 0 elements, expected 3"),
    Abuse("SVMClassifier", 1, [:], { try floats([1, 2, 3], [1, 3]) }, error: "input has 3 features, expected 2"),
    Abuse(
        "SVMRegressor",
        1,
        ["n_supports": .int(.max)],
        error: "`support_vectors` has 4 elements, expected \(Int.max) vectors"
    ),
    Abuse("SVMRegressor", 1, ["kernel_params": .floats([1])], error: "`kernel_params` has 1 elements, expected 0 or 3"),
    Abuse(
        "CastMap",
        1,
        ["max_map": .int(.min)],
        error: "attribute `max_map` is -9223372036854775808, expected 1 or more"
    ),
    Abuse("CastMap", 1, [:], error: "input 0 is not a map"),
    Abuse(
        "CategoryMapper",
        1,
        ["cats_int64s": .ints([0])],
        error: "there are 1 integers and 3 strings, expected as many"
    ),
    Abuse("LabelEncoder", 4, [:], words, error: "input 0 holds `string`, expected `int64`, as the keys are"),
    Abuse(
        "FeatureVectorizer",
        1,
        ["inputdimensions": .ints([.max])],
        error: "attribute `inputdimensions` is [9223372036854775807], expected numbers from 0 to 2147483647"
    ),
    Abuse(
        "FeatureVectorizer",
        1,
        ["inputdimensions": .ints([1 << 30])],
        error: "a tensor `float` [1, 1073741824] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        "Imputer",
        1,
        ["imputed_value_int64s": .ints([1]), "imputed_value_floats": .floats([1])],
        error: "both or none of `imputed_value_floats` and `imputed_value_int64s` are given, expected one"
    ),
    Abuse(
        "TfIdfVectorizer",
        9,
        domain: .onnx,
        ["ngram_counts": .ints([0, 1])],
        error: "`ngram_counts` gives 2-grams the part 1 to 4 of a pool of 4"
    ),
    Abuse(
        "TfIdfVectorizer",
        9,
        domain: .onnx,
        ["pool_int64s": .ints([1, 1, 2, 3])],
        error: "n-gram 1 of the pool stands in it before"
    ),
    Abuse(
        "TfIdfVectorizer",
        9,
        domain: .onnx,
        ["ngram_indexes": .ints([0, 2, .max])],
        error: "attribute `ngram_indexes` is 9223372036854775807, expected 0 to 2147483647"
    ),
    Abuse(
        "TfIdfVectorizer",
        9,
        domain: .onnx,
        ["max_gram_length": .int(.max)],
        error: "the lengths of n-grams are 1 to 9223372036854775807, expected some of 1 to 2 as in `ngram_counts`"
    ),
    Abuse(
        "TfIdfVectorizer",
        9,
        domain: .onnx,
        [:],
        words,
        error: "input 0 holds `string`, expected integers, as the pool does"
    ),
    Abuse(
        "StringNormalizer",
        10,
        domain: .onnx,
        [:],
        { try Tensor(strings: ["a", "b"], shape: #require(Shape([2, 1]))) },
        error: "input has shape [2, 1], expected [n] or [1, n]"
    ),
]

@Suite struct TraditionalMLAbuseTests {
    @Test(arguments: abuses)
    private func `a broken classical model is an error at the node`(abuse: Abuse) throws {
        let tester = OperatorTester(abuse.opType, domain: abuse.domain, opset: abuse.opset, abuse.attributes)
        let name = abuse.domain == .onnx ? abuse.opType : "\(abuse.domain).\(abuse.opType)"
        #expect(tester.error([try abuse.input()]) == "node `n` (\(name), opset \(abuse.opset)): \(abuse.error)")
    }

    @Test func `strings cannot grow without end`() throws {
        let text = try Tensor(
            strings: [String](repeating: String(repeating: "a", count: 1000), count: 10),
            shape: .vector(10)
        )
        var tester = OperatorTester("StringConcat", opset: 20)
        tester.options.limits.tensorByteCount = 10_000
        #expect(
            tester.error([text, text])
                == "node `n` (StringConcat, opset 20): text of 20000 bytes is longer than the limit of 10000 bytes"
        )
        tester.options.limits.tensorByteCount = 20_000
        tester.options.limits.totalByteCount = 30_000
        #expect(
            tester.error([text, text])
                == """
                node `n` (StringConcat, opset 20): the values of the run together are larger than the limit of 30000 bytes
                """
        )
    }

    @Test func `a string of delimiters cannot fill the memory`() throws {
        var tester = OperatorTester("StringSplit", opset: 20, [Attribute("delimiter", .string(","))])
        tester.options.limits.tensorByteCount = 100_000
        let rows = [String(repeating: ",", count: 999)] + [String](repeating: "", count: 99)
        #expect(
            tester.error([try Tensor(strings: rows, shape: .vector(100))])
                == """
                node `n` (StringSplit, opset 20): a tensor `string` [100, 1000] is larger than the limit of 100000 bytes
                """
        )
    }

    @Test func `skips beyond a sequence end with it`() throws {
        let skips = [Attribute("max_skip_count", .int(.max))]
        let kept = NodeExample.all["TfIdfVectorizer"]?.attributes.filter { $0.name != "max_skip_count" } ?? []
        let tester = OperatorTester("TfIdfVectorizer", opset: 9, kept + skips)
        let result = try tester.run([ints([2, 9, 9, 3])])
        #expect(try result[0].tensor?.elements(as: Float.self) == [0, 0, 2, 3])
    }
}
