import Glibc
import JSON
import TestSupport
import Testing

@Suite struct JSONNumberTests {
    private func number(_ text: String) throws -> JSONNumber {
        try #require(try JSONValue.parse(Array(text.utf8)).number)
    }

    private static let integers: [(text: String, int64: Int64?, uint64: UInt64?)] = [
        ("0", 0, 0),
        ("-0", 0, 0),
        ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
        ("9223372036854775807", .max, 9_223_372_036_854_775_807),
        ("-9223372036854775808", .min, nil),
        ("9223372036854775808", nil, 9_223_372_036_854_775_808),
        ("-9223372036854775809", nil, nil),
        ("18446744073709551615", nil, .max),
        ("18446744073709551616", nil, nil),
        ("100000000000000000000000", nil, nil),
        ("1.0", nil, nil),
        ("1e2", nil, nil),
    ]

    @Test(arguments: integers)
    func `integers are exact or none`(text: String, int64: Int64?, uint64: UInt64?) throws {
        let number = try number(text)
        #expect(number.text == text)
        #expect(number.int64 == int64)
        #expect(number.uint64 == uint64)
    }

    private static let texts = [
        "0", "-0", "-0.0", "1", "0.1", "0.3", "1e22", "1e23", "8.5e-22", "123456789012345678", "1e308",
        "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e999", "5e-324", "2e-324", "1e-400",
        "2.2250738585072011e-308", "2.2250738585072014e-308", "9007199254740993", "9007199254740992.5",
        "3.4028234663852886e38", "3.4028235677973366e38", "1.401298464324817e-45", "7.006492321624085e-46",
        "1.00000005960464477539062", "1.000000059604644775390625", "1.00000005960464477539063", "16777217", "16777219",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "123456789012345678901234567890123456789012345678901234567890", "0e99999999999999999999",
        "1e99999999999999999999",
        "1e-99999999999999999999",
    ]

    @Test(arguments: texts)
    func `doubles and floats round as the C library does`(text: String) throws {
        let number = try number(text)
        #expect(number.double.bitPattern == strtod(text, nil).bitPattern)
        #expect(number.float.bitPattern == strtof(text, nil).bitPattern)
    }

    @Test func `random numbers round as the C library does`() throws {
        var generator = SeededRandom(seed: 3)
        for _ in 0..<50_000 {
            let digits = generator.next() >> (generator.next() % 64)
            let text: String
            switch generator.next() % 5 {
            case 0: text = "\(digits)e\(Int.random(in: -340...310, using: &generator))"
            case 1: text = "\(digits).\(generator.next() >> (generator.next() % 64))"
            case 2: text = "\(digits >> 20)e\(Int.random(in: -30...30, using: &generator))"
            case 3:
                let value = Double(bitPattern: generator.next())
                text = value.isFinite ? value.description : "1"
            default:
                let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
                text = value.isFinite ? Double(value).nextUp.description : "1"
            }
            let number = try number(text)
            #expect(number.double.bitPattern == strtod(text, nil).bitPattern, "\(text)")
            #expect(number.float.bitPattern == strtof(text, nil).bitPattern, "\(text)")
        }
    }

    @Test func `numbers print in the fewest digits that read back`() {
        #expect(JSONNumber(0.1)?.text == "0.1")
        #expect(JSONNumber(Float(0.1))?.text == "0.1")
        #expect(JSONNumber(1e100)?.text == "1e+100")
        #expect(JSONNumber(Int64.min).text == "-9223372036854775808")
        #expect(JSONNumber(UInt64.max).text == "18446744073709551615")
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(-Float.infinity) == nil)
        #expect(JSONValue(Double.nan) == "NaN")
        #expect(JSONValue(-Float.infinity) == "-Infinity")
    }
}
