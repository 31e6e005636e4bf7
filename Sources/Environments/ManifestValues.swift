import Archives
import Diagnostics
import YAML

/// A list of texts.
func texts(_ node: YAMLNode) throws -> [String] { try node.elements().map { node throws in try node.text() } }

/// A path of the image, with or without a slash in front.
func imagePath(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    let relative = String(text.drop { $0 == "/" })
    guard let path = try? archivePath(relative), !path.isEmpty else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the path has another form, expected one inside the image without `..`, got `\(text)`"
        )
    }
    return path
}

/// The words of a program that is started: its path or name, and its arguments.
func program(_ node: YAMLNode) throws -> [String] {
    let words = try texts(node)
    guard words.first?.isEmpty == false else {
        throw EnvironmentError(.manifest, at: node.place, "the command is empty, expected a program and its arguments")
    }
    return words
}

/// A path of the image that starts with a slash, such as the folder that a process starts in.
func absolutePath(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    guard text.hasPrefix("/"), let path = try? archivePath(String(text.drop { $0 == "/" })) else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the path has another form, expected one that starts with `/` and does not climb, got `\(text)`"
        )
    }
    return "/" + path
}

/// A name that is safe in paths and in colon-separated files.
func plainName(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    let isPlain = text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-_.+".utf8.contains(byte)
    }
    guard isPlain, !text.hasPrefix("."), !text.isEmpty else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the name has another form, expected letters, digits, `-`, `_`, `.`, `+`, got `\(text)`"
        )
    }
    return text
}

/// The rights of a file or a folder, in octal with `0o`: a decimal number would be others than the ones it looks like.
func permissions(_ node: YAMLNode) throws -> UInt32 {
    let number = try node.integer(in: 0...0o7777)
    guard try number == 0 || node.text().hasPrefix("0o") else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the permissions are decimal, expected octal ones such as `0o\(try node.text())`"
        )
    }
    return UInt32(number)
}

/// At least one value, none of which stands there twice.
func distinct(_ node: YAMLNode, _ read: (YAMLNode) throws -> String) throws -> [String] {
    var seen: Set<String> = []
    let values = try node.elements().map { element in
        let value = try read(element)
        guard seen.insert(value).inserted else {
            throw EnvironmentError(.manifest, at: element.place, "`\(value)` stands there twice")
        }
        return value
    }
    guard !values.isEmpty else { throw EnvironmentError(.manifest, at: node.place, "the list is empty") }
    return values
}

/// A text that is one of a few.
func choice(_ node: YAMLNode, of known: [String]) throws -> String {
    let text = try node.text()
    guard known.contains(text) else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the value is not known, expected one of " + known.map { "`\($0)`" }.joined(separator: ", ")
                + ", got `\(text)`",
            hint: suggestion(for: text, among: known).map { "did you mean `\($0)`?" }
        )
    }
    return text
}

/// A time such as `30s`, `500ms`, `2m` or `1h`, in nanoseconds.
func nanoseconds(_ node: YAMLNode) throws -> Int {
    let text = try node.text()
    let units = [("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)]
    for (unit, scale) in units where text.hasSuffix(unit) {
        // A day is more than anybody waits for a container, and fits into the type by far.
        if let count = Int(text.dropLast(unit.count)), (0...86_400_000).contains(count),
            count * scale <= units[3].1 * 24
        {
            return count * scale
        }
    }
    throw EnvironmentError(
        .manifest,
        at: node.place,
        "the time has another form, expected such as `30s`, `500ms` or `2m`, up to a day, got `\(text)`"
    )
}

/// The pairs of a mapping of texts.
func variables(_ node: YAMLNode) throws -> [EnvironmentManifest.Variable] {
    try node.pairs().map { pair in
        guard !pair.key.isEmpty, !pair.key.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == 0 }) else {
            throw EnvironmentError(
                .manifest,
                at: .line(pair.line, column: pair.column),
                "the name of a variable has another form, expected one without `=`, got `\(pair.key)`"
            )
        }
        return EnvironmentManifest.Variable(name: pair.key, value: try pair.value.text())
    }
}
