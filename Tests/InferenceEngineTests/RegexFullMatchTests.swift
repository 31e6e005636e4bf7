import OnnxIR
import Tensors
import Testing

@Suite struct RegexFullMatchTests {
    private static func tester(_ pattern: AttributeValue?) -> OperatorTester {
        OperatorTester("RegexFullMatch", opset: 20, pattern.map { [Attribute("pattern", $0)] } ?? [])
    }

    @Test func `each string matches as a whole or does not`() throws {
        let texts = try Tensor(strings: ["ab", "abc", "", "a\nb"], shape: try #require(Shape([2, 2])))
        let matches = try Self.tester(.string("a?b?")).run([texts])
        #expect(describe(matches.first) == "bool [2, 2] [1, 0, 1, 0]")
    }

    @Test(
        arguments: [
            (nil, "attribute `pattern` is missing"),
            (.string("a(b"), "attribute `pattern` is `a(b`, expected RE2's syntax: missing ): a(b"),
            (.string("(?=a)"), "attribute `pattern` is `(?=a)`, expected RE2's syntax: invalid perl operator: (?="),
            (.int(1), "attribute `pattern` has the kind `int`, expected a string"),
            (
                .string(String(repeating: "a", count: 100_000)),
                """
                attribute `pattern` is `\(String(repeating: "a", count: 60))…`, expected RE2's syntax: \
                the pattern has 100000 bytes, expected at most 65536
                """
            ),
        ] as [(AttributeValue?, String)]
    )
    func `a pattern that is none is refused when the model is loaded`(pattern: AttributeValue?, words: String) throws {
        let error = Self.tester(pattern).error([try Tensor(strings: ["a"], shape: .vector(1))])
        #expect(error == "node `n` (RegexFullMatch, opset 20): \(words)")
    }

    @Test func `numbers match nothing`() throws {
        let error = Self.tester(.string("a")).error([try floats([1])])
        #expect(error == "node `n` (RegexFullMatch, opset 20): elements have type `float`, expected `string`")
    }
}
