import Glibc
import JSON

/// Writes out what is buffered; `false` when standard output does not take all of it.
func flushStandardOutput() -> Bool { fflush(nil) == 0 }

/// Writes a JSON document to standard output, with a line end.
func printJSON(_ value: JSONValue, _ style: JSONStyle = .pretty) {
    print(String(decoding: value.serialized(style), as: UTF8.self))
}
