import ContentStore
import Diagnostics

/// A licence as a document states it.
enum License: Hashable {
    /// One licence of the SPDX License List.
    case identifier(String)
    /// Several, joined by `AND`, `OR` and `WITH`.
    case expression(String)
    /// Words that are no expression.
    case words(String)

    /// Reads what a part says of itself: an SPDX expression, a short name of Debian's `copyright` files, or any words.
    ///
    /// *Source*: SPDX 2.3, annex D; Debian's machine-readable copyright format 1.0, License short names.
    init(_ text: String) {
        let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var parser = LicenseParser(text)
        guard let expression = parser.expression() else {
            self = .words(text)
            return
        }
        self = expression.contains(" ") || expression.hasSuffix("+") ? .expression(expression) : .identifier(expression)
    }

    /// The licence as it stands in an expression of a document; words get a name that the document explains.
    var spdx: String {
        switch self {
        case .identifier(let text): text
        case .expression(let text): text
        case .words(let text): "LicenseRef-" + Digest(of: Array(text.utf8)).hex.prefix(16)
        }
    }
}

/// Other names of licences: those of Debian's `copyright` files, and of Python's packages before they had expressions.
private let otherNames = [
    "apache 2.0": "Apache-2.0", "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0", "artistic": "Artistic-1.0-Perl", "bsd 2-clause": "BSD-2-Clause",
    "bsd-2": "BSD-2-Clause", "bsd-3": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause", "bsd-3-clause license": "BSD-3-Clause", "expat": "MIT", "gfdl-1.3": "GFDL-1.3-only",
    "gfdl-1.3+": "GFDL-1.3-or-later", "gpl-1": "GPL-1.0-only", "gpl-1+": "GPL-1.0-or-later", "gpl-2": "GPL-2.0-only",
    "gpl-2+": "GPL-2.0-or-later", "gpl-2.0": "GPL-2.0-only", "gpl-2.0+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later", "gpl-3.0": "GPL-3.0-only", "gpl-3.0+": "GPL-3.0-or-later", "isc license": "ISC",
    "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.0": "LGPL-2.0-only",
    "lgpl-2.0+": "LGPL-2.0-or-later", "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later",
    "lgpl-3": "LGPL-3.0-only", "lgpl-3+": "LGPL-3.0-or-later", "lgpl-3.0": "LGPL-3.0-only",
    "lgpl-3.0+": "LGPL-3.0-or-later", "mit license": "MIT", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0", "the mit license": "MIT",
]

/// A reader of SPDX expressions that gives them back with the list's own spelling.
private struct LicenseParser {
    private let whole: String
    private var tokens: ArraySlice<String>

    init(_ text: String) {
        whole = text
        let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
        tokens = spaced.split(separator: " ").map(String.init)[...]
    }

    /// The expression; `nil` when it is none, or too long to be one.
    mutating func expression() -> String? {
        if let name = otherNames[whole.lowercased()] { return name }
        guard whole.utf8.count <= 2048, let result = disjunction(depth: 0), tokens.isEmpty else { return nil }
        return result
    }

    private mutating func takes(_ word: String) -> Bool {
        guard tokens.first?.uppercased() == word else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func disjunction(depth: Int) -> String? {
        guard var result = conjunction(depth: depth) else { return nil }
        while takes("OR") {
            guard let next = conjunction(depth: depth) else { return nil }
            result += " OR " + next
        }
        return result
    }

    private mutating func conjunction(depth: Int) -> String? {
        guard var result = simple(depth: depth) else { return nil }
        while takes("AND") {
            guard let next = simple(depth: depth) else { return nil }
            result += " AND " + next
        }
        return result
    }

    private mutating func simple(depth: Int) -> String? {
        if takes("(") {
            guard depth < 16, let inner = disjunction(depth: depth + 1), takes(")") else { return nil }
            return "(\(inner))"
        }
        guard let name = tokens.popFirst()?.lowercased() else { return nil }
        guard var result = otherNames[name] ?? LicenseIdentifiers.licenses[name] ?? later(name) else { return nil }
        if takes("WITH") {
            guard let exception = tokens.popFirst().flatMap({ LicenseIdentifiers.exceptions[$0.lowercased()] }) else {
                return nil
            }
            result += " WITH " + exception
        }
        return result
    }

    private func later(_ name: String) -> String? {
        guard name.hasSuffix("+") else { return nil }
        return LicenseIdentifiers.licenses[String(name.dropLast())].map { $0 + "+" }
    }
}
