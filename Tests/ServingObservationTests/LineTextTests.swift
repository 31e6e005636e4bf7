import ServingObservation
import Testing

@Suite struct LineTextTests {
    @Test(arguments: [
        ("plain /v2", #""plain /v2""#), ("a\"b\\c", #""a\"b\\c""#), ("a\r\nb\t\u{0}", #""a\u000d\u000ab\u0009\u0000""#),
        ("\u{1B}[2J\u{7F}\u{9B}", #""\u001b[2J\u007f\u009b""#), ("é\u{202E}😀", #""\u00e9\u202e\ud83d\ude00""#),
    ])
    func `strings are escaped but for printable ASCII`(text: String, json: String) {
        var line = LineText()
        line.append(string: text)
        #expect(String(decoding: line.bytes, as: UTF8.self) == json)
    }

    @Test func `times are of UTC, with milliseconds`() {
        #expect(timestamp(0) == "1970-01-01T00:00:00.000Z")
        #expect(timestamp(1_709_210_096_007_999_999) == "2024-02-29T12:34:56.007Z")
    }
}
