import Diagnostics
import Files
import Glibc
import TextFormats

/// A repository that the machine's apt uses.
package struct AptSource: Sendable, Hashable {
    /// The base address, without a slash at the end: `http://archive.example/debian`.
    package let address: String
    package let suites: [String]
    package let components: [String]
    /// The keyrings that sign it; none for those of the machine.
    package let keyrings: [Keyring]
}

/// The repositories in the machine's apt configuration, in apt's order.
///
/// *Parameter* root: the folder that holds `sources.list` and `sources.list.d`.
/// *Source*: sources.list(5), both forms.
package func readAptSources(root: String = "/etc/apt") -> [AptSource] {
    var sources: [AptSource] = []
    if let bytes = try? readFile(root + "/sources.list", limit: 1 << 20) {
        sources += oneLineSources(String(decoding: bytes, as: UTF8.self))
    }
    for name in (try? folderNames(root + "/sources.list.d")) ?? [] {
        guard let bytes = try? readFile("\(root)/sources.list.d/\(name)", limit: 1 << 20) else { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        if name.hasSuffix(".list") { sources += oneLineSources(text) }
        if name.hasSuffix(".sources") { sources += stanzaSources(text) }
    }
    return sources.filter { $0.address.hasPrefix("http://") || $0.address.hasPrefix("https://") }
}

private func withoutSlash(_ address: Substring) -> String {
    String(address.hasSuffix("/") ? address.dropLast() : address)
}

/// Lines like `deb [signed-by=/k.gpg] http://archive.example/debian bookworm main`.
private func oneLineSources(_ text: String) -> [AptSource] {
    text.split(separator: "\n").compactMap { line in
        var words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
        guard words.first == "deb" else { return nil }
        words.removeFirst()
        var keyrings: [Keyring] = []
        if words.first?.hasPrefix("[") == true {
            guard let end = words.firstIndex(where: { $0.hasSuffix("]") }) else { return nil }
            for option in words[...end] {
                let option = option.drop { $0 == "[" }.prefix { $0 != "]" }
                if option.hasPrefix("signed-by=") {
                    keyrings = Keyring.keyrings(String(option.dropFirst("signed-by=".count)))
                }
            }
            words.removeSubrange(...end)
        }
        guard words.count >= 2 else { return nil }
        return AptSource(
            address: withoutSlash(words[0]),
            suites: [String(words[1])],
            components: words.dropFirst(2).map(String.init),
            keyrings: keyrings
        )
    }
}

/// Stanzas of the form of deb822.
private func stanzaSources(_ text: String) -> [AptSource] {
    FieldParagraph.paragraphs(text.utf8).flatMap { stanza -> [AptSource] in
        guard stanza.words("types").contains("deb"), stanza["enabled"]?.lowercased() != "no" else { return [] }
        let keyrings = Keyring.keyrings(stanza["signed-by"] ?? "")
        return stanza.words("uris").map { address in
            AptSource(
                address: withoutSlash(address[...]),
                suites: stanza.words("suites"),
                components: stanza.words("components"),
                keyrings: keyrings
            )
        }
    }
}

extension AptSource {
    /// A repository at `address` with these suites and components, signed by a key of the machine.
    package init(address: String, suites: [String], components: [String]) {
        self.init(address: withoutSlash(address[...]), suites: suites, components: components, keyrings: [])
    }
}
