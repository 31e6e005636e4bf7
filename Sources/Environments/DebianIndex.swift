import Archives
import ContentStore
import Diagnostics
import Downloads

/// The packages of one suite, as its repository lists them.
struct DebianIndex {
    /// A package of the index.
    struct Entry {
        let version: DebianVersion
        let package: EnvironmentLock.Package
    }

    private let text: [UInt8]
    private let suite: String

    /// Fetches the index of a suite, which the hash in its signed release file has to name.
    ///
    /// *Throws*: `signature`, `index` when the release file does not list it, and the errors of downloads.
    /// *Source*: Debian's repository format, wiki.debian.org/DebianRepository/Format.
    init?(
        _ source: AptSource,
        suite: String,
        component: String,
        architecture: String,
        by downloader: Downloader,
        warn: (String) -> Void
    ) throws {
        self.suite = suite
        let base = "\(source.address)/dists/\(suite)"
        let signed = try downloader.bytes(at: "\(base)/InRelease", limit: 16 << 20)
        let release: [UInt8]
        if let verified = try verifiedText(of: signed, name: "\(base)/InRelease", keyrings: keyrings(for: source)) {
            release = verified
        } else {
            warn("there is no gpgv here: the signature of `\(base)/InRelease` is not verified")
            release = signed
        }
        guard let (name, digest, byteCount) = Self.indexFile(release, "\(component)/binary-\(architecture)/Packages")
        else {
            return nil
        }
        let path = try downloader.fetch(
            digest,
            byteCount: byteCount,
            from: [Self.byHash("\(base)/\(name)", digest), "\(base)/\(name)"]
        )
        var text: [UInt8] = []
        try decompressFile(path) { bytes in
            guard text.count + bytes.count <= 512 << 20 else {
                throw EnvironmentError(.index, at: .file("\(base)/\(name)"), "the index is larger than 512 MiB")
            }
            text.append(contentsOf: bytes)
        }
        self.text = text
    }

    private static func byHash(_ address: String, _ digest: Digest) -> String {
        let folder = address.lastIndex(of: "/").map { String(address[..<$0]) } ?? address
        return "\(folder)/by-hash/SHA256/\(digest.hex)"
    }

    /// The name, digest and size of the smallest compressed form of an index.
    private static func indexFile(_ release: [UInt8], _ name: String) -> (name: String, digest: Digest, byteCount: Int)?
    {
        let stanzas = debianStanzas(String(decoding: release, as: UTF8.self))
        guard let sums = stanzas.compactMap({ $0["sha256"] }).first else { return nil }
        for suffix in [".xz", ".gz"] {
            for line in sums.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 3, words[2] == name + suffix else { continue }
                guard let digest = Digest(hex: words[0]), let byteCount = Int(words[1]) else { continue }
                return (name + suffix, digest, byteCount)
            }
        }
        return nil
    }

    /// The newest version of a package.
    func newest(_ name: String) -> Entry? {
        var newest: Entry?
        for stanza in stanzas(named: name) {
            guard let version = stanza["version"], let path = stanza["filename"],
                let size = stanza["size"].flatMap(Int.init),
                let digest = stanza["sha256"].flatMap({ Digest(hex: $0) })
            else { continue }
            let entry = Entry(
                version: DebianVersion(version),
                package: EnvironmentLock.Package(
                    name: name,
                    version: version,
                    architecture: stanza["architecture"] ?? "all",
                    path: path,
                    digest: digest,
                    byteCount: size,
                    suite: suite
                )
            )
            if newest.map({ $0.version < entry.version }) ?? true { newest = entry }
        }
        return newest
    }

    private func stanzas(named name: String) -> [[String: String]] {
        let mark = Array("Package: \(name)\n".utf8)
        var stanzas: [[String: String]] = []
        var start = 0
        // PERF: the index of bookworm is 50 MB; only the stanzas of this package become strings.
        text.withUnsafeBufferPointer { text in
            var isLineStart = true
            var index = 0
            while index < text.count {
                if isLineStart, text[index] == mark[0], index + mark.count <= text.count,
                    text[index..<index + mark.count].elementsEqual(mark)
                {
                    start = index
                    var end = index
                    while end + 1 < text.count, !(text[end] == 0x0A && text[end + 1] == 0x0A) { end += 1 }
                    stanzas += debianStanzas(String(decoding: text[start..<end], as: UTF8.self))
                    index = end
                }
                isLineStart = text[index] == 0x0A
                index += 1
            }
        }
        return stanzas
    }
}
