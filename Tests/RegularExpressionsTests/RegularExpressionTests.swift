import Diagnostics
import RegularExpressions
import TestSupport
import Testing

@Suite struct RegularExpressionTests {
    /// Patterns with texts that match and texts that do not.
    ///
    /// *Source*: <https://github.com/google/re2/wiki/Syntax>; Python's `re.fullmatch` agrees where it knows the syntax.
    @Test(arguments: [
        ("", [""], [" ", "a"]),
        ("a|ab", ["a", "ab"], ["abc", ""]),
        (#"www\.[\w.-]+\.\bcom\b"#, ["www.google.com"], ["www.google.com ", "google.com"]),
        ("a.c", ["abc", "aéc", "a😀c"], ["a\nc", "ac"]),
        ("(?s)a.c", ["a\nc"], ["a\n\nc"]),
        ("(?i)straße", ["STRAßE", "STRA\u{1E9E}E"], ["STRASSE"]),
        ("(?i:k)k", ["Kk", "\u{212A}k"], ["kK"]),
        ("a$", ["a"], ["a\n"]),
        (#"a\z"#, ["a"], ["a\n"]),
        ("(?m)a$\nb", ["a\nb"], ["a"]),
        ("^$", [""], ["\n"]),
        ("[^a]", ["é", "\n"], ["a", "e\u{301}"]),
        (#"\pL+"#, ["Größe", "μῆνις"], ["a1"]),
        (#"\d+"#, ["0123"], ["٣"]),
        (#"\x{1F600}"#, ["😀"], ["😁"]),
        (#"\Qa.b\E"#, ["a.b"], ["axb"]),
        (#"\C\C"#, ["é"], ["e"]),
        ("a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
        ("a*?", ["", "aaa"], ["b"]),
        ("(?P<name>a)(b)?", ["a", "ab"], ["b"]),
        ("a\0b", ["a\0b"], ["a", "a\0"]),
    ])
    func `a pattern matches whole texts`(pattern: String, matching: [String], others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(try expression.matchesWhole(text), "\(text)") }
        for text in others { #expect(try !expression.matchesWhole(text), "\(text)") }
    }

    /// The first match from a byte on; of several at one place, the longest or Perl's choice.
    @Test(arguments: [
        ("a|ab", "xab", 0, 1..<3, 1..<2),
        ("a*?", "aa", 0, 0..<2, 0..<0),
        ("[a-z]+", "ab cd", 1, 1..<2, 1..<2),
        (#"\b[a-z]"#, "ab c", 1, 3..<4, 3..<4),
        ("^.", "ab", 1, nil, nil),
        ("é", "aé", 0, 1..<3, 1..<3),
        ("", "a", 1, 1..<1, 1..<1),
        ("a", "a", 2, nil, nil),
        ("a", "a", -1, nil, nil),
    ])
    func `the first match is found`(
        pattern: String,
        text: String,
        start: Int,
        longest: Range<Int>?,
        first: Range<Int>?
    ) throws {
        for (findsLongest, expected) in [(true, longest), (false, first)] {
            let expression = try RegularExpression(pattern, findsLongest: findsLongest)
            let found = try Array(text.utf8).withUnsafeBufferPointer { try expression.firstMatch(in: $0, from: start) }
            #expect(found == expected)
        }
    }

    @Test(arguments: [
        ("(", "missing ): ("),
        (")", "unexpected ): )"),
        ("[a", "missing ]: [a"),
        ("[b-a]", "invalid character class range: b-a"),
        ("*", "no argument for repetition operator: *"),
        ("a**", "bad repetition operator: **"),
        ("a{1001}", "invalid repetition size: {1001}"),
        (#"\1"#, #"invalid escape sequence: \1"#),
        ("(?=a)", "invalid perl operator: (?="),
        (#"\p{Nonsense}"#, #"invalid character class range: \p{Nonsense}"#),
        ("a\\", "trailing \\"),
        ("((a{100}){100}){100}", "invalid repetition size: {100}"),
        (String(repeating: #"\pL"#, count: 3000), "pattern too large - compile failed"),
        (String(repeating: "a", count: 65_537), "the pattern has 65537 bytes, expected at most 65536"),
    ])
    func `a pattern that RE2 does not take is refused in its words`(pattern: String, words: String) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
        #expect(error?.description == words)
    }

    @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(.*)(.*)(.*)(.*)(.*)b"])
    func `patterns over which others despair are matched in linear time`(pattern: String) throws {
        let text = String(repeating: "a", count: 1 << 20)
        let expression = try RegularExpression(pattern)
        #expect(try !expression.matchesWhole(text))
        #expect(try expression.matchesWhole(text + "b"))
    }

    @Test func `random patterns are compiled or refused, and match without an end`() {
        let parts = [
            "a", "b", "é", "(", ")", "(?:", "(?i)", "[", "]", "^", "$", "|", "*", "+", "?", "{2}", "{1,1000}", ".",
            "\\", "\\b",
            "\\pL", "-", "\\z", "\0",
        ]
        var random = SeededRandom(seed: 20_240_601)
        var compiled = 0
        for _ in 0..<5000 {
            let count = Int.random(in: 0...12, using: &random)
            let pattern = (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
            guard let expression = try? RegularExpression(pattern) else { continue }
            compiled += 1
            for text in ["", "a", "ab", "éa", "aab\0b"] {
                #expect(throws: Never.self) { try expression.matchesWhole(text) }
            }
        }
        #expect(compiled > 500)
    }
}
