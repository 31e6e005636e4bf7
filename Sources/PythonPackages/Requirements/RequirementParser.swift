import Diagnostics

/// Reads the text of one requirement.
struct RequirementParser {
    private var cursor: TextCursor

    init(_ text: String) { cursor = TextCursor(text) }

    mutating func readRequirement() throws(PythonPackageError) -> PythonRequirement {
        cursor.skipSpace()
        let name = try readName("a project")
        cursor.skipSpace()
        let extras = try readExtras()
        cursor.skipSpace()
        guard cursor.next != UInt8(ascii: "@") else {
            throw PythonPackageError(
                .unsupported,
                "a requirement that names a file by its address is not supported, expected a name and versions"
            )
        }
        let specifiers = try readSpecifiers()
        cursor.skipSpace()
        var marker: Marker?
        if cursor.take(";") {
            var parser = MarkerParser(cursor)
            marker = try parser.readMarker()
        } else if !cursor.isAtEnd {
            throw PythonPackageError(.syntax, "expected versions, `;` or the end, got `\(cursor.rest)`")
        }
        return PythonRequirement(name: name, extras: extras, specifiers: specifiers, marker: marker)
    }

    private mutating func readName(_ what: String) throws(PythonPackageError) -> String {
        let name = cursor.takeText { isLetterOrDigit($0) || isSeparator($0) }
        guard isName(name) else {
            throw PythonPackageError(
                .syntax,
                "the name of \(what) has another form, expected letters, digits, `-`, `_`, `.`, "
                    + "got `\(name)\(cursor.rest)`"
            )
        }
        return name
    }

    private mutating func readExtras() throws(PythonPackageError) -> [String] {
        guard cursor.take("[") else { return [] }
        var extras: [String] = []
        cursor.skipSpace()
        if cursor.take("]") { return [] }
        while true {
            cursor.skipSpace()
            extras.append(try readName("an extra"))
            cursor.skipSpace()
            if cursor.take("]") { return extras }
            guard cursor.take(",") else {
                throw PythonPackageError(.syntax, "the extras have no end, expected `]`, got `\(cursor.rest)`")
            }
        }
    }

    private mutating func readSpecifiers() throws(PythonPackageError) -> VersionSpecifiers {
        let isParenthesised = cursor.take("(")
        let text = cursor.takeText { !";()".utf8.contains($0) }
        guard !isParenthesised || cursor.take(")") else {
            throw PythonPackageError(.syntax, "the versions have no end, expected `)`, got `\(cursor.rest)`")
        }
        return try VersionSpecifiers(parsing: text)
    }
}
