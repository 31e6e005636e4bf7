import Diagnostics

/// A script of a package that an installation would have run, and that is not run here.
package struct SkippedScript: Sendable, Hashable {
    package let package: String
    /// `preinst` or `postinst`.
    package let script: String
    /// Why that does no harm.
    package let reason: String
}

extension DebianPackage {
    /// The scripts that are not run, held against what is known of them.
    ///
    /// A first installation runs `preinst` and `postinst`; `prerm`, `postrm` and `config` have no part in it. A script does
    /// no harm when it is debhelper's snippets alone (`harmlessSnippets`), or when the package stands in `harmlessScripts`.
    ///
    /// *Parameter* names: packages whose scripts are skipped because somebody says so.
    /// *Throws*: `scripts` for a package whose scripts may do what the image needs.
    /// *Source*: Debian policy, section 6.5; debhelper's autoscripts.
    package func skippedScripts(allowing names: [String]) throws(DebianPackagesError) -> [SkippedScript] {
        var skipped: [SkippedScript] = []
        for script in ["postinst", "preinst"] {
            guard let bytes = controlFiles[script] else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            let snippets = debhelperSnippets(in: text)
            let reason: String
            if names.contains(name) {
                reason = "listed in `skip-scripts`"
            } else if let known = harmlessScripts[name] {
                reason = known
            } else if snippets.isAll, let words = Self.reason(snippets.names) {
                reason = words
            } else {
                throw DebianPackagesError(
                    .scripts,
                    at: .item("package", name, version),
                    "its `\(script)` may do what the image needs, and scripts are not run"
                        + (Self.words(text).map { ", such as `\($0)`" } ?? ""),
                    hint: Self.hint(alternatives)
                )
            }
            skipped.append(SkippedScript(package: name, script: script, reason: reason))
        }
        return skipped
    }

    /// The links that `update-alternatives` would make, as far as the scripts spell them out: where they stand and where
    /// they lead.
    package var alternatives: [(path: String, target: String)] {
        var links: [(path: String, target: String)] = []
        let text = String(decoding: controlFiles["postinst"] ?? [], as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0 == "\\" }.map(String.init)
        for (index, word) in words.enumerated() where index + 3 < words.count {
            // --install link name path priority, or --slave link name path
            guard word == "--install" || word == "--slave" else { continue }
            let (path, target) = (words[index + 1], words[index + 3])
            if path.hasPrefix("/"), target.hasPrefix("/"), !(path + target).contains("$") {
                links.append((path, target))
            }
        }
        return links
    }

    private static func hint(_ alternatives: [(path: String, target: String)]) -> String {
        let advice = "do what it does by `links`, `files` or `paths`, and list the package in `skip-scripts`"
        guard !alternatives.isEmpty else { return advice }
        let links = alternatives.prefix(4).map { "`\($0.path)` to `\($0.target)`" }.joined(separator: ", ")
        return advice + "; it links \(links)" + (alternatives.count > 4 ? ", …" : "")
    }

    private static func reason(_ snippets: [String]) -> String? {
        var reasons: [String] = []
        for name in snippets {
            guard let reason = harmlessSnippets[name] else { return nil }
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return reasons.isEmpty ? "does nothing" : reasons.joined(separator: ", ")
    }

    /// The first line of a script that does something, for a message.
    private static func words(_ text: String) -> String? {
        let programs = [
            "update-alternatives", "adduser", "addgroup", "useradd", "groupadd", "setcap", "ln", "mkdir",
            "systemd-tmpfiles",
        ]
        let line = text.split(whereSeparator: \.isNewline).first { line in
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let first = words.first, !first.hasPrefix("#"), first != "echo" else { return false }
            return words.contains { programs.contains($0) }
        }
        return line.map { String($0.drop { $0 == " " || $0 == "\t" }.prefix(80)) }
    }
}

/// The parts of a script that debhelper wrote, and whether there is nothing else in it.
///
/// *Source*: debhelper, `# Automatically added by dh_python3/…` to `# End automatically added section`.
func debhelperSnippets(in text: String) -> (names: [String], isAll: Bool) {
    var names: [String] = []
    var isInside = false
    var isAll = true
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
        let words = line.split { $0 == " " || $0 == "\t" }
        if words.prefix(4).elementsEqual(["#", "Automatically", "added", "by"]) {
            isInside = true
            names.append(words.dropFirst(4).first.map { String($0.prefix { $0 != "/" }) } ?? "")
        } else if words.prefix(2).elementsEqual(["#", "End"]) {
            isInside = false
        } else if !isInside, !isIdle(words) {
            isAll = false
        }
    }
    return (names, isAll)
}

/// Whether a line of a script does nothing: comments, `set -e`, `exit 0`, and a `case` over the script's arguments.
private func isIdle(_ words: [Substring]) -> Bool {
    guard let first = words.first, !first.hasPrefix("#") else { return true }
    switch first {
    case "set", "exit", ":", "true", "esac", ";;", "fi": return words.count <= 2
    case "case": return words.count == 3 && words[1].contains("$1") && words[2] == "in"
    case "echo": return true
    default:
        let isPattern = words.count == 1 && first.hasSuffix(")")
        return isPattern && first.utf8.allSatisfy { (0x61...0x7A).contains($0) || "-|*)".utf8.contains($0) }
    }
}
