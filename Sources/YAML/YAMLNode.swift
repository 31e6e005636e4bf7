package import Diagnostics

/// A value of a YAML document, and where it stands.
package struct YAMLNode: Sendable, Hashable {
    /// One key of a mapping with its value.
    package struct Pair: Sendable, Hashable {
        package let key: String
        /// Where the key stands.
        package let line: Int
        package let column: Int
        package let value: YAMLNode
    }

    /// What the value is.
    package enum Content: Sendable, Hashable {
        /// A text; plain when it stands without quotes, so that it may mean a number or nothing.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Pair])
    }

    package let content: Content
    /// The line, counted from 1.
    package let line: Int
    /// The column in characters, counted from 1.
    package let column: Int

    /// The line and column.
    package var place: Place { .line(line, column: column) }

    private var kindName: String {
        switch content {
        case .scalar: "a scalar"
        case .sequence: "a sequence"
        case .mapping: "a mapping"
        }
    }

    private func mismatch(expected: String) -> YAMLError {
        YAMLError(.value, at: place, "the value has another type, expected \(expected), got \(kindName)")
    }

    /// Whether nothing stands here: an empty plain scalar, `~` or `null`.
    package var isNull: Bool {
        if case .scalar(let text, true) = content { return ["", "~", "null"].contains(text) }
        return false
    }

    /// The text of a scalar.
    ///
    /// *Throws*: `value` when it is none.
    package func text() throws(YAMLError) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw mismatch(expected: "a text") }
        return text
    }

    /// The whole number of a plain scalar: decimal, or octal with `0o`.
    ///
    /// *Throws*: `value` when it is none, or outside `range`.
    package func integer(in range: ClosedRange<Int>) throws(YAMLError) -> Int {
        guard case .scalar(let text, true) = content else { throw mismatch(expected: "a whole number") }
        let number = text.hasPrefix("0o") ? Int(text.dropFirst(2), radix: 8) : Int(text)
        guard let number, range.contains(number), text.hasPrefix("0o") || text == String(number) else {
            throw YAMLError(
                .value,
                at: place,
                "the value has another form, expected a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "got `\(text)`"
            )
        }
        return number
    }

    /// The elements of a sequence.
    ///
    /// *Throws*: `value` when it is none.
    package func elements() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let elements) = content else { throw mismatch(expected: "a sequence") }
        return elements
    }

    /// The pairs of a mapping, in the order of the document.
    ///
    /// *Throws*: `value` when it is none.
    package func pairs() throws(YAMLError) -> [Pair] {
        guard case .mapping(let pairs) = content else { throw mismatch(expected: "a mapping") }
        return pairs
    }

    /// The mapping as an object of known keys.
    ///
    /// *Throws*: `value` when it is no mapping, `unknownKey` with the closest known one as a hint.
    package func object(keys: [String]) throws(YAMLError) -> YAMLObject {
        let pairs = try pairs()
        for pair in pairs where !keys.contains(pair.key) {
            throw YAMLError(
                .unknownKey,
                at: .line(pair.line, column: pair.column),
                "unknown key `\(pair.key)`",
                hint: suggestion(for: pair.key, among: keys).map { "did you mean `\($0)`?" }
                    ?? "known keys: " + keys.map { "`\($0)`" }.joined(separator: ", ")
            )
        }
        return YAMLObject(
            values: Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
            place: place
        )
    }
}

/// A mapping whose keys are known.
package struct YAMLObject: Sendable {
    let values: [String: YAMLNode]
    /// Where the mapping starts.
    package let place: Place

    /// The value of a key; `nil` when the key is absent or holds nothing.
    package subscript(key: String) -> YAMLNode? {
        values[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// The value of a key that has to be there.
    ///
    /// *Throws*: `missingKey`.
    package func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let value = self[key] else { throw YAMLError(.missingKey, at: place, "the key `\(key)` is missing") }
        return value
    }
}
