package import JSON

/// The text of documents in block style, which reads back as the same values.
///
/// *Source*: YAML 1.2.2; texts that YAML 1.1 takes for something else stand in quotes too.
package func yamlText(_ documents: [JSONValue]) -> String {
    documents.map { document in
        var writer = YAMLWriter()
        writer.write(document, indent: 0, isInline: false)
        return writer.text
    }.joined(separator: "---\n")
}

private struct YAMLWriter {
    private(set) var text = ""

    /// Writes a value, and the end of its line.
    ///
    /// *Parameter* isInline: whether something stands on the line already, such as a key.
    mutating func write(_ value: JSONValue, indent: Int, isInline: Bool) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let object) where !object.isEmpty:
            if isInline { text += "\n" }
            for member in object.members {
                text += margin + scalar(member.key) + ":"
                write(member.value, indent: indent + 2, isInline: true)
            }
        case .array(let elements) where !elements.isEmpty:
            if isInline { text += "\n" }
            for element in elements { write(element: element, indent: indent) }
        default: text += (isInline ? " " : margin) + flow(value) + "\n"
        }
    }

    /// Writes an element, whose first key stands on the line of its dash.
    private mutating func write(element: JSONValue, indent: Int) {
        var inner = YAMLWriter()
        inner.write(element, indent: indent + 2, isInline: false)
        text += String(repeating: " ", count: indent) + "- " + inner.text.dropFirst(indent + 2)
    }

    private func flow(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .object: "{}"
        case .array: "[]"
        case .null, .bool, .number: String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    private func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Whether a text is itself without quotes, to every reader: no number, no word for a truth value, no mark.
    private func isPlain(_ text: String) -> Bool {
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"]
        guard let first = text.utf8.first, let last = text.utf8.last, !words.contains(text.lowercased()) else {
            return false
        }
        let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        let isInside: (UInt8) -> Bool = { byte in
            isLetter(byte) || (0x30...0x39).contains(byte) || "-_./@:".utf8.contains(byte)
        }
        return (isLetter(first) || first == UInt8(ascii: "/")) && text.utf8.allSatisfy(isInside)
            && last != UInt8(ascii: ":")
    }

    /// The text in the quotes of JSON, which are YAML's too, with what YAML does not print spelled out.
    private func quoted(_ text: String) -> String {
        var result = ""
        for scalar in String(decoding: JSONValue.string(text).serialized(), as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
