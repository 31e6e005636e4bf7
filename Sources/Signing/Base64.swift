import Foundation

/// The base64 form of bytes, with padding.
///
/// *Source*: RFC 4648, section 4.
package func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// The bytes of a text in base64; `nil` for anything else, line breaks included.
package func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }
