/// The text of a failure as a terminal shows it: one `error:` line, then `cause:` and `hint:` lines as there are.
///
/// Nothing in it depends on colour; a terminal that wants colour gets the words `error` and `hint` in it.
package struct DiagnosticText: CustomStringConvertible {
    private let error: any Error
    private let coloured: Bool

    /// The text of `error`.
    package init(_ error: any Error, coloured: Bool = false) {
        self.error = error
        self.coloured = coloured
    }

    package var description: String {
        guard let diagnostic = error as? any Diagnostic else {
            return "\(label("error", colour: 31)): \(printable("\(error)"))"
        }
        var lines = ["\(label("error", colour: 31)): \(printable(diagnostic.description))"]
        var cause = diagnostic.cause
        while let current = cause {
            lines.append("\(label("cause", colour: 33)): \(printable("\(current)"))")
            cause = (current as? any Diagnostic)?.cause
        }
        if let hint = diagnostic.hint {
            lines.append("\(label("hint", colour: 36)): \(printable(hint))")
        }
        return lines.joined(separator: "\n")
    }

    private func label(_ word: String, colour: Int) -> String {
        coloured ? "\u{1B}[1;\(colour)m\(word)\u{1B}[0m" : word
    }
}
