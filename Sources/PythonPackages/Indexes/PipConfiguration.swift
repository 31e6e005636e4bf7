import Diagnostics
import Files
import Glibc

/// What pip's configuration on a machine says of where packages come from.
///
/// *Source*: pip's documentation, Topic Guide Configuration; the sections `global`, `download` and `install` count, the
/// later before the earlier, and variables of the environment before all files.
package struct PipConfiguration: Sendable, Hashable {
    package var indexes: [String]
    package var findLinks: [String]

    /// The index of the Python Packaging Authority.
    package static let defaultIndex = "https://pypi.org/simple"

    /// Reads the configuration.
    ///
    /// *Parameter* root: the folder in which `etc` stands.
    /// *Throws*: `refused` for a file that is there and cannot be read.
    package init(
        environment: [String: String] = PipConfiguration.processEnvironment,
        root: String = ""
    ) throws {
        var values: [String: String] = [:]
        for path in Self.files(environment, root) {
            guard let bytes = try Self.bytes(of: path) else { continue }
            values.merge(iniValues(String(decoding: bytes, as: UTF8.self))) { $1 }
        }
        func value(_ key: String) -> String? {
            let variable =
                "PIP_" + String(decoding: key.utf8.map { $0 == 0x2D ? 0x5F : $0 }, as: UTF8.self).uppercased()
            if let text = environment[variable], !text.isEmpty { return text }
            return ["install", "download", "global"].lazy.compactMap { values["\($0).\(key)"] }.first
        }
        func words(_ key: String) -> [String] { value(key).map { split($0, where: isSpace) } ?? [] }
        let hasNoIndex = ["1", "true", "yes", "on"].contains(value("no-index").map(lowercasedASCII) ?? "")
        indexes =
            hasNoIndex ? [] : (words("index-url").first.map { [$0] } ?? [Self.defaultIndex]) + words("extra-index-url")
        let home = environment["HOME"] ?? ""
        findLinks = words("find-links").map { $0.utf8.starts(with: "~/".utf8) ? home + $0.dropFirst() : $0 }
    }

    /// The variables of this process.
    package static var processEnvironment: [String: String] {
        var variables: [String: String] = [:]
        for name in [
            "HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "VIRTUAL_ENV", "PIP_CONFIG_FILE", "PIP_INDEX_URL",
            "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX",
        ] {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        return variables
    }

    /// The files that pip reads, of which a later one overrides an earlier one.
    private static func files(_ environment: [String: String], _ root: String) -> [String] {
        let own = environment["PIP_CONFIG_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        guard own != "/dev/null" else { return [] }
        let shared = environment["XDG_CONFIG_DIRS"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(root)/etc/xdg"
        var files = split(shared) { $0 == UInt8(ascii: ":") }.map { "\($0)/pip/pip.conf" } + ["\(root)/etc/pip.conf"]
        if let home = environment["HOME"], !home.isEmpty {
            files.append("\(home)/.pip/pip.conf")
            let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
            files.append("\(folder)/pip/pip.conf")
        }
        if let folder = environment["VIRTUAL_ENV"], !folder.isEmpty { files.append("\(folder)/pip.conf") }
        return files + (own.map { [$0] } ?? [])
    }

    private static func bytes(of path: String) throws(FileError) -> [UInt8]? {
        guard access(path, F_OK) == 0 else { return nil }
        return try readFile(path, limit: 1 << 20)
    }
}

/// The values of a configuration file by `section.key`; keys in lower case, with `-` for `_`.
///
/// *Source*: Python's `configparser`: lines that are indented continue a value, `#` and `;` start lines of comment.
func iniValues(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    var section = ""
    var current: String?
    for line in split(text, keepsEmpty: true, where: { $0 == 0x0A }) {
        let content = trimmed(line)
        guard let first = content.utf8.first, !"#;".utf8.contains(first) else { continue }
        if let key = current, line.utf8.first.map(isSpace) ?? false {
            values[key, default: ""] += "\n" + content
        } else if first == UInt8(ascii: "["), content.utf8.last == UInt8(ascii: "]") {
            section = trimmed(content.dropFirst().dropLast())
            current = nil
        } else {
            let bytes = Array(content.utf8)
            let mark = bytes.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") } ?? bytes.endIndex
            let name = trimmed(String(decoding: bytes[..<mark], as: UTF8.self))
            let key = lowercasedASCII(String(decoding: name.utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self))
            current = "\(section).\(key)"
            values["\(section).\(key)"] = trimmed(String(decoding: bytes[mark...].dropFirst(), as: UTF8.self))
        }
    }
    return values
}
