import Diagnostics

/// Reads the text of a marker, by the grammar of PEP 508.
struct MarkerParser {
    private var cursor: TextCursor
    private var depth = 0
    private let depthLimit = 64

    init(_ cursor: TextCursor) { self.cursor = cursor }

    mutating func readMarker() throws(PythonPackageError) -> Marker {
        let marker = try readAlternatives()
        cursor.skipSpace()
        guard cursor.isAtEnd else {
            throw PythonPackageError(.syntax, "expected `and`, `or` or the end, got `\(cursor.rest)`")
        }
        return marker
    }

    private mutating func readAlternatives() throws(PythonPackageError) -> Marker {
        var parts = [try readConjunction()]
        while take(word: "or") { parts.append(try readConjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func readConjunction() throws(PythonPackageError) -> Marker {
        var parts = [try readTerm()]
        while take(word: "and") { parts.append(try readTerm()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func readTerm() throws(PythonPackageError) -> Marker {
        cursor.skipSpace()
        if cursor.take("(") {
            depth += 1
            guard depth <= depthLimit else {
                throw PythonPackageError(.syntax, "the parentheses lie too deep, expected at most \(depthLimit)")
            }
            let marker = try readAlternatives()
            cursor.skipSpace()
            guard cursor.take(")") else {
                throw PythonPackageError(.syntax, "a parenthesis has no end, expected `)`, got `\(cursor.rest)`")
            }
            depth -= 1
            return marker
        }
        let left = try readOperand()
        let comparison = try readComparison()
        return .comparison(left, comparison, try readOperand())
    }

    private mutating func take(word: StaticString) -> Bool {
        let start = cursor.position
        cursor.skipSpace()
        if cursor.take(word), !(cursor.next.map { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") } ?? false) {
            return true
        }
        cursor.goBack(to: start)
        return false
    }

    private mutating func readComparison() throws(PythonPackageError) -> Marker.Comparison {
        if take(word: "in") { return .isIn }
        if take(word: "not") {
            guard take(word: "in") else {
                throw PythonPackageError(.syntax, "expected `in` behind `not`, got `\(cursor.rest)`")
            }
            return .isNotIn
        }
        cursor.skipSpace()
        let sign = cursor.takeText { "=~!<>".utf8.contains($0) }
        guard let comparison = Marker.Comparison(rawValue: sign) else {
            throw PythonPackageError(.syntax, "expected an operator such as `==`, got `\(sign)\(cursor.rest)`")
        }
        return comparison
    }

    private mutating func readOperand() throws(PythonPackageError) -> Marker.Operand {
        cursor.skipSpace()
        if let quote = cursor.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            _ = cursor.take(where: { $0 == quote })
            let text = cursor.takeText { $0 != quote }
            guard cursor.take(where: { $0 == quote }) else {
                throw PythonPackageError(.syntax, "the text has no end, expected a quotation mark, got `\(text)`")
            }
            return .text(text)
        }
        let name = cursor.takeText { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
        guard let variable = Marker.Variable(name: name) else {
            throw PythonPackageError(
                .syntax,
                "the marker names no known variable, expected one such as `python_version`, got `\(name)\(cursor.rest)`"
            )
        }
        return .variable(variable)
    }
}
