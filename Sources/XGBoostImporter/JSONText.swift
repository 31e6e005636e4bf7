import JSON
import ModelFormats
import ModelImport

/// A document inside a string; `nil` when the string is none.
func jsonDocument(_ text: String) -> DocumentValue? {
    (try? JSONValue.parse(Array(text.utf8))).map { DocumentValue($0) }
}
