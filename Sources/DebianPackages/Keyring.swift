import Diagnostics
import Files
import Glibc

/// The keys that may have signed a repository, in one of the ways that `Signed-By` names them.
///
/// *Source*: sources.list(5).
package enum Keyring: Sendable, Hashable {
    /// A file, in binary or in armor.
    case file(String)
    /// Keys in armor that stand in the source itself.
    case inline(String)
    /// A key among those of the machine.
    case fingerprint(String)

    /// Reads the value of a `Signed-By`: keys in armor, or paths and fingerprints with commas or blanks between them.
    static func keyrings(_ text: String) -> [Keyring] {
        if text.utf8.starts(with: "-----BEGIN".utf8) || text.utf8.starts(with: "\n-----BEGIN".utf8) {
            return [.inline(text)]
        }
        return text.utf8.split { [0x09, 0x0A, 0x20, UInt8(ascii: ",")].contains($0) }.map { word in
            let word = String(Substring(word))
            return word.hasPrefix("/") ? .file(word) : .fingerprint(word)
        }
    }

    /// The keyrings of the machine's apt, for sources that name none.
    static func ofMachine() -> [Keyring] {
        let folder = "/etc/apt/trusted.gpg.d"
        let names = ((try? folderNames(folder)) ?? []).filter { $0.hasSuffix(".gpg") || $0.hasSuffix(".asc") }
        let archive = "/usr/share/keyrings/debian-archive-keyring.gpg"
        let paths = names.map { "\(folder)/\($0)" } + [archive]
        return paths.filter { path in access(path, R_OK) == 0 }.map { .file($0) }
    }

    /// The keys in binary.
    ///
    /// *Throws*: `signature` for files that cannot be read and armor that is none, `unsupported` for fingerprints.
    func bytes() throws(DebianPackagesError) -> [UInt8] {
        switch self {
        case .file(let path):
            let bytes: [UInt8]
            do { bytes = try readFile(path, limit: 16 << 20) } catch {
                throw DebianPackagesError(.signature, at: .file(path), "the keyring cannot be read", cause: error)
            }
            // Packets of OpenPGP start with a byte above 127, a keybox with a zero.
            guard let first = bytes.first, (0x01...0x7F).contains(first) else { return bytes }
            return try locating(.file(path)) { () throws(DebianPackagesError) in try armoredKeys(bytes) }
        case .inline(let text): return try armoredKeys(Array(text.utf8))
        case .fingerprint(let word):
            throw DebianPackagesError(
                .unsupported,
                "a source of apt names its key by the fingerprint `\(word)`, expected the path of a keyring",
                hint: "name the file with that key in `Signed-By`"
            )
        }
    }
}
