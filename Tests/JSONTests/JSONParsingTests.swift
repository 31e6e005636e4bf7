import JSON
import Testing

@Suite struct JSONParsingTests {
    private static let valid: [(text: String, value: JSONValue)] = [
        ("null", nil),
        (" true\n", true),
        ("\tfalse\r", false),
        ("0", 0),
        ("-12", -12),
        ("\"\"", ""),
        ("[]", []),
        ("{}", [:]),
        ("[[],[[]],{}]", [[], [[]], [:]]),
        (#"{"a":1,"b":[true,null]}"#, ["a": 1, "b": [true, nil]]),
        (#"{"":0}"#, ["": 0]),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
        (#""\u0041\u00e9\u20AC\uD83D\uDE00""#, "Aé€😀"),
        ("\"é€😀\u{7F}\u{2028}\"", "é€😀\u{7F}\u{2028}"),
        (#""\u0000""#, "\0"),
        (#""a\u0301""#, "a\u{301}"),
    ]

    @Test(arguments: valid)
    func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(Array(text.utf8)) == value)
    }

    private static let invalid: [(text: String, error: String)] = [
        ("", "line 1:1: the text ends early, expected a value"),
        ("  \n ", "line 2:2: the text ends early, expected a value"),
        ("[", "line 1:2: the text ends early, expected a value"),
        ("[1", "line 1:3: the text ends early, expected `,` or `]`"),
        ("[1,", "line 1:4: the text ends early, expected a value"),
        ("[1,]", "line 1:4: wrong character, expected a value, got `]`"),
        ("[,1]", "line 1:2: wrong character, expected a value, got `,`"),
        ("[1 2]", "line 1:4: wrong character, expected `,` or `]`, got `2`"),
        ("[1}", "line 1:3: wrong character, expected `,` or `]`, got `}`"),
        ("]", "line 1:1: wrong character, expected a value, got `]`"),
        ("{", "line 1:2: the text ends early, expected a key"),
        ("{1:2}", "line 1:2: wrong character, expected a key, got `1`"),
        ("{\"a\"}", "line 1:5: wrong character, expected `:`, got `}`"),
        ("{\"a\":}", "line 1:6: wrong character, expected a value, got `}`"),
        ("{\"a\":1,}", "line 1:8: wrong character, expected a key, got `}`"),
        ("{\"a\":1 \"b\":2}", "line 1:8: wrong character, expected `,` or `}`, got `\"`"),
        ("{'a':1}", "line 1:2: wrong character, expected a key, got `'`"),
        ("1 1", "line 1:3: wrong character, expected the end, got `1`"),
        ("{}\n// x", "line 2:1: wrong character, expected the end, got `/`"),
        ("nul", "line 1:4: the text ends early, expected `null`"),
        ("nulL", "line 1:4: wrong character, expected `null`, got `L`"),
        ("True", "line 1:1: wrong character, expected a value, got `T`"),
        ("NaN", "line 1:1: wrong character, expected a value, got `N`"),
        ("Infinity", "line 1:1: wrong character, expected a value, got `I`"),
        ("-Infinity", "line 1:2: wrong character, expected a digit, got `I`"),
        ("+1", "line 1:1: wrong character, expected a value, got `+`"),
        ("-", "line 1:2: the text ends early, expected a digit"),
        ("01", "line 1:2: wrong character, expected the end, got `1`"),
        ("1.", "line 1:3: the text ends early, expected a digit"),
        (".5", "line 1:1: wrong character, expected a value, got `.`"),
        ("1e", "line 1:3: the text ends early, expected a digit"),
        ("1e+", "line 1:4: the text ends early, expected a digit"),
        ("[1.x]", "line 1:4: wrong character, expected a digit, got `x`"),
        ("0x10", "line 1:2: wrong character, expected the end, got `x`"),
        ("\"", "line 1:2: the text ends early, expected `\"`"),
        ("\"\t\"", "line 1:2: wrong character, expected an escape such as `\\n` in a string, got byte 0x09"),
        ("\"\\x\"", "line 1:3: wrong character, expected one of `\"\\/bfnrtu` behind `\\`, got `x`"),
        ("\"\\u12G4\"", "line 1:6: wrong character, expected a hexadecimal digit, got `G`"),
        ("\"é\\uD800\"", "line 1:3: `\\uD800` is half of a surrogate pair"),
        ("\"\\uDC00\\uD800\"", "line 1:2: `\\uDC00` is half of a surrogate pair"),
        ("\"\\uD800\\u0041\"", "line 1:2: `\\uD800` is half of a surrogate pair"),
        ("{\"a\":1,\n \"a\":2}", "line 2:2: the object has the key `a` twice"),
        ("{\"a\":1,\"\\u0061\":2}", "line 1:8: the object has the key `a` twice"),
        ("\u{FEFF}1", "line 1:1: wrong character, expected a value, got byte 0xEF"),
    ]

    @Test(arguments: invalid)
    func `what RFC 8259 forbids is refused, and the place is named`(text: String, error: String) {
        #expect {
            try JSONValue.parse(Array(text.utf8))
        } throws: {
            "\($0)" == error
        }
    }

    private static let notUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xF8, 0x88],
    ]

    @Test(arguments: notUTF8)
    func `strings and keys are UTF-8`(bytes: [UInt8]) {
        let texts: [[UInt8]] = [
            Array("[\"é".utf8) + bytes + Array("\"]".utf8),
            Array("{\"é".utf8) + bytes + Array("\":1}".utf8),
            Array("[\"\\n".utf8) + bytes + Array("\"]".utf8),
        ]
        for text in texts {
            #expect {
                try JSONValue.parse(text)
            } throws: {
                "\($0)".contains("the string is not UTF-8, got byte 0x")
            }
        }
    }

    @Test func `depth is bounded, and a deep text does not end the process`() throws {
        let fits = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(try JSONValue.parse(Array(fits.utf8)).array?.count == 1)
        for text in ["[", "{\"a\":"] {
            let deep = Array(String(repeating: text, count: 200_000).utf8)
            #expect {
                try JSONValue.parse(deep)
            } throws: {
                "\($0)".hasSuffix("the document is too deep, expected at most 128 levels")
            }
        }
    }

    @Test func `length is bounded, of documents and of numbers`() {
        #expect {
            try JSONValue.parse(Array("[1,2]".utf8), limits: JSONLimits(byteCount: 4))
        } throws: {
            "\($0)" == "the document is too long, expected at most 4 bytes, got 5"
        }
        #expect {
            try JSONValue.parse(Array("[12345]".utf8), limits: JSONLimits(numberByteCount: 4))
        } throws: {
            "\($0)" == "line 1:2: the number is too long, expected at most 4 bytes"
        }
    }

    @Test func `members of many keys are found and duplicates still refused`() throws {
        let members = (0..<1000).map { "\"k\($0)\":\($0)" }
        let value = try JSONValue.parse(Array("{\(members.joined(separator: ","))}".utf8))
        for index in 0..<1000 { #expect(value["k\(index)"]?.number?.int == index) }
        #expect(value["k1000"] == nil)
        #expect {
            try JSONValue.parse(Array("{\((members + ["\"k7\":0"]).joined(separator: ","))}".utf8))
        } throws: {
            "\($0)".hasSuffix("the object has the key `k7` twice")
        }
    }

    @Test func `literals that are no numbers are read where they are accepted`() throws {
        let limits = JSONLimits(acceptsNonFiniteLiterals: true)
        let values = try JSONValue.parse(Array("[NaN,Infinity,-Infinity,-1]".utf8), limits: limits)
        let numbers = try #require(values.array).compactMap { $0.number?.double }
        #expect(numbers[0].isNaN && numbers[1] == .infinity && numbers[2] == -.infinity && numbers[3] == -1)
        for text in ["-NaN", "Inf", "Nan", "-"] {
            #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8), limits: limits) }
        }
    }
}
