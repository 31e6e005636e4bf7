import Foundation

/// The base64 form of bytes, with padding.
///
/// *Source*: RFC 4648, section 4.
package func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// The base64 form of bytes that names of files and addresses can hold, without padding.
///
/// *Source*: RFC 4648, section 5, as `RECORD` files of Python's packages have digests.
package func base64URL(_ bytes: [UInt8]) -> String {
    let letters = base64(bytes).utf8.prefix { $0 != UInt8(ascii: "=") }.map { letter in
        switch letter {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: letter
        }
    }
    return String(decoding: letters, as: UTF8.self)
}

/// The bytes of a text in base64 with padding; `nil` for anything else, line breaks included.
package func base64Decoded(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }
