package import Diagnostics

/// The failures of reading JSON.
package enum JSONCode: String, DiagnosticCode {
    /// The text breaks the grammar of RFC 8259.
    case syntax
    /// The text ends before the document does.
    case truncated
    /// A string or a key is not UTF-8, or names half of a surrogate pair.
    case encoding
    /// An object has a key twice.
    case duplicateKey
    /// The document is deeper or longer than its reader allows.
    case limit
    /// The value is of another kind than the reader asked for, or out of its range.
    case type

    package var kind: DiagnosticKind { .invalid }
}

/// An error of this module; its place is the line and the column, counted in characters.
package typealias JSONError = DiagnosticError<JSONCode>
