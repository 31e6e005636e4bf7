import Diagnostics

/// A command that a package brings: a name and the function that runs.
struct EntryPoint: Hashable {
    let name: String
    let module: String
    /// What is called, with dots between attributes.
    let attribute: String

    /// The text of the script that runs it.
    func script(interpreter: String) -> [UInt8] {
        let imported = split(attribute) { $0 == UInt8(ascii: ".") }.first ?? attribute
        let text = """
            #!\(interpreter)
            import sys

            from \(module) import \(imported)

            if __name__ == "__main__":
                sys.exit(\(attribute)())

            """
        return Array(text.utf8)
    }
}

/// The commands in an `entry_points.txt`, in the order of the text.
///
/// *Throws*: `wheel` for one whose name is no file name, or whose function is none of Python.
/// *Source*: PyPA's Entry points specification; extras behind a function count for nothing.
func entryPoints(_ bytes: [UInt8]) throws(PythonPackageError) -> [EntryPoint] {
    var section = ""
    var points: [EntryPoint] = []
    var names: Set<String> = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        let text = trimmed(String(decoding: line, as: UTF8.self))
        guard let first = text.utf8.first, !"#;".utf8.contains(first) else { continue }
        if first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
            section = trimmed(text.dropFirst().dropLast())
        } else if section == "console_scripts" || section == "gui_scripts" {
            let point = try locating(.line(index + 1, column: 1)) { () throws(PythonPackageError) in
                try entryPoint(text)
            }
            guard names.insert(point.name).inserted else {
                throw PythonPackageError(.wheel, at: .line(index + 1, column: 1), "`\(point.name)` stands twice")
            }
            points.append(point)
        }
    }
    return points
}

private func entryPoint(_ text: String) throws(PythonPackageError) -> EntryPoint {
    var cursor = TextCursor(text)
    let name = trimmed(cursor.takeText { $0 != UInt8(ascii: "=") })
    _ = cursor.take("=")
    cursor.skipSpace()
    let module = trimmed(cursor.takeText { !":[".utf8.contains($0) })
    var attribute = ""
    if cursor.take(":") { attribute = trimmed(cursor.takeText { $0 != UInt8(ascii: "[") }) }
    let isFileName = name.utf8.allSatisfy { isLetterOrDigit($0) || "-_.+ ".utf8.contains($0) }
    guard !name.isEmpty, isFileName, name != ".", name != "..", name.utf8.count <= 255 else {
        throw PythonPackageError(.wheel, "the name of the command is no file name, got `\(name)`")
    }
    guard isDottedName(module), isDottedName(attribute) else {
        throw PythonPackageError(
            .wheel,
            "the command `\(name)` names no function, expected `module:function`, got `\(text)`"
        )
    }
    return EntryPoint(name: name, module: module, attribute: attribute)
}

private func isDottedName(_ text: String) -> Bool {
    split(text, keepsEmpty: true) { $0 == UInt8(ascii: ".") }.allSatisfy { part in
        guard let first = part.utf8.first, !isDigit(first) else { return false }
        return part.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }
}
