import Diagnostics
import JSON
import TextFormats

/// Reads `{"b64": …}`: a string by the base64 of its bytes.
///
/// *Source*: TensorFlow Serving, RESTful API, Encoding binary values.
func readBase64(_ cursor: inout JSONCursor) throws(JSONError) -> String {
    var text: String?
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
        guard key == "b64" else { throw cursor.error(.type, "the key is `\(key)`, expected `b64`") }
        let encoded = try cursor.readString()
        guard let bytes = base64Decoded(encoded) else {
            throw cursor.error(.type, "the value of `b64` is not base64 with padding")
        }
        text = String(validating: bytes, as: UTF8.self)
        guard text != nil else { throw cursor.error(.type, "the bytes of `b64` are not UTF-8") }
    }
    guard let text else { throw cursor.error(.type, "the object is empty, expected a string or `b64`") }
    return text
}

/// Whether the object that comes next has the one key `b64`.
func isBase64(_ cursor: JSONCursor) throws(JSONError) -> Bool {
    var ahead = cursor
    try ahead.enterObject()
    guard try ahead.nextKey() == "b64", try ahead.peek() == .string else { return false }
    try ahead.skip()
    return try ahead.nextKey() == nil
}
