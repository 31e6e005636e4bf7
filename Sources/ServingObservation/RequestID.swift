/// What tells requests apart in logs: the client's `X-Request-ID`, or one that is made here.
package enum RequestID {
    /// The header field, in lower case.
    package static let header = "x-request-id"
    /// The longest that is taken from a client, in bytes.
    package static let longest = 128

    /// Whether a client's id is taken as it is: 1 to 128 visible characters of ASCII.
    package static func isTaken(_ text: String) -> Bool {
        1...longest ~= text.utf8.count && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// A new one: 32 digits of base 16.
    package static func make() -> String {
        hexadecimal(UInt64.random(in: 0...UInt64.max)) + hexadecimal(UInt64.random(in: 0...UInt64.max))
    }
}
