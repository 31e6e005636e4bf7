import Testing
import TextFormats

@Suite struct Base64Tests {
    /// *Source*: RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of the standard go both ways`(text: String, encoded: String) {
        #expect(base64(Array(text.utf8)) == encoded)
        #expect(base64Decoded(encoded) == Array(text.utf8))
        #expect(base64URL(Array(text.utf8)) == encoded.filter { $0 != "=" })
    }

    @Test func `every byte at every place goes both ways`() {
        for length in 1...4 {
            for byte in UInt8.min...UInt8.max {
                let bytes = (0..<length).map { byte &+ UInt8($0) &* 85 }
                #expect(base64Decoded(base64(bytes)) == bytes)
            }
        }
    }

    @Test func `names of files have letters of their own`() {
        #expect(base64([0xFB, 0xEF, 0xFF]) == "++//")
        #expect(base64URL([0xFB, 0xEF, 0xFF]) == "--__")
    }

    @Test(arguments: ["Zg", "Zg=", "Zm9v\n", "Zm-_", "Z===", "Zg==Zg==", "====", "=Zg=", "Z=g=", "Zg\u{0}=", "Zgé="])
    func `what is no base64 with padding has no bytes`(text: String) {
        #expect(base64Decoded(text) == nil)
    }
}
