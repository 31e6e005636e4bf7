/// The attributes of the tags `a`, `base` and `meta` of a page, in its order.
///
/// Only what the pages of indexes need is read; the text between tags is passed over.
struct HTMLTag: Sendable, Hashable {
    let name: String
    /// Values by names in lower case; an attribute without a value has an empty one.
    let attributes: [String: String]
}

/// The tags of a page that concern an index.
///
/// *Source*: HTML Living Standard, section 13.1.2, as far as PEP 503 uses it.
func indexTags(_ bytes: [UInt8]) -> [HTMLTag] {
    var tags: [HTMLTag] = []
    var rest = bytes[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
        rest = rest[(start + 1)...]
        if rest.starts(with: "!--".utf8) {
            guard let end = rest.dropFirst(3).firstRange(of: Array("-->".utf8)) else { break }
            rest = rest[end.upperBound...]
            continue
        }
        let name = lowercasedASCII(String(decoding: rest.prefix(while: isLetterOrDigit), as: UTF8.self))
        rest = rest.drop(while: isLetterOrDigit)
        guard ["a", "base", "meta"].contains(name) else { continue }
        tags.append(HTMLTag(name: name, attributes: readAttributes(&rest)))
    }
    return tags
}

private func readAttributes(_ rest: inout ArraySlice<UInt8>) -> [String: String] {
    var attributes: [String: String] = [:]
    while true {
        rest = rest.drop { isSpace($0) || $0 == UInt8(ascii: "/") }
        guard let next = rest.first, next != UInt8(ascii: ">") else { return attributes }
        let name = rest.prefix { !isSpace($0) && !"=>/".utf8.contains($0) }
        rest = rest[name.endIndex...].drop(while: isSpace)
        var value: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: "=") {
            rest = rest.dropFirst().drop(while: isSpace)
            if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != quote }
                rest = rest[value.endIndex...].dropFirst()
            } else {
                value = rest.prefix { !isSpace($0) && $0 != UInt8(ascii: ">") }
                rest = rest[value.endIndex...]
            }
        } else if name.isEmpty {
            rest = rest.dropFirst()
        }
        let key = lowercasedASCII(String(decoding: name, as: UTF8.self))
        if attributes[key] == nil { attributes[key] = withoutReferences(value) }
    }
}

/// The text with the references to characters that pages of indexes hold in their place.
private func withoutReferences(_ bytes: ArraySlice<UInt8>) -> String {
    let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "&"), let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")) else {
            result.append(byte)
            continue
        }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        let number: UInt32? =
            if name.utf8.starts(with: "#x".utf8) || name.utf8.starts(with: "#X".utf8) {
                UInt32(name.dropFirst(2), radix: 16)
            } else {
                name.utf8.first == UInt8(ascii: "#") ? UInt32(name.dropFirst()) : nil
            }
        if let text = names[name] ?? number.flatMap({ Unicode.Scalar($0) }).map({ String($0) }) {
            result += Array(text.utf8)
            rest = rest[(end + 1)...]
        } else {
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
}
