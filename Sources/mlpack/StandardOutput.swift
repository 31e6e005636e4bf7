import Glibc
import JSON

/// Writes a JSON document to standard output, with a line end.
func printJSON(_ value: JSONValue, _ style: JSONStyle = .pretty) {
    print(String(decoding: value.serialized(style), as: UTF8.self))
}
