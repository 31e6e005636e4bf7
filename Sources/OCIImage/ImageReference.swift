package import ContentStore
import Diagnostics

/// The name of an image: `iris:1`, `ghcr.io/acme/iris:1`, `localhost:5000/iris@sha256:…`.
///
/// *Source*: the grammar of github.com/distribution/reference; short names stand for `docker.io/library/…`.
package struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// The host, with its port: `docker.io` when none was given.
    package let domain: String
    /// The repository on the host: `library/iris`.
    package let path: String
    /// The tag; `latest` when neither a tag nor a digest was given.
    package let tag: String?
    package let digest: Digest?

    /// Reads a reference.
    ///
    /// *Throws*: `reference`, which is a mistake of the command line.
    package init(parsing text: String) throws(OCIImageError) {
        func refuse(_ words: String) -> OCIImageError {
            OCIImageError(.reference, at: .item("image name", text), words)
        }
        var name = Substring(text)
        var digest: Digest?
        if let at = name.firstIndex(of: "@") {
            do { digest = try Digest(parsing: String(name[name.index(after: at)...])) } catch {
                throw refuse(error.message)
            }
            name = name[..<at]
        }
        var tag: String?
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            let candidate = String(name[name.index(after: colon)...])
            guard isTag(candidate) else {
                throw refuse(
                    "the tag has another form, expected 1 to 128 letters, digits, `_`, `.`, `-`, got `\(candidate)`"
                )
            }
            tag = candidate
            name = name[..<colon]
        }
        var domain = "docker.io"
        var path = String(name)
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first.contains(where: { $0 == "." || $0 == ":" || $0.isUppercase }) || first == "localhost" {
                guard isDomain(String(first)) else { throw refuse("the host has another form, got `\(first)`") }
                domain = String(first)
                path = String(name[name.index(after: slash)...])
            }
        }
        if domain == "docker.io", !path.contains("/") { path = "library/" + path }
        guard !path.isEmpty, path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPathComponent)
        else {
            throw refuse(
                "the repository has another form, expected lower-case letters and digits, separated by `.`, `_`, `-`, `/`"
            )
        }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else { throw refuse("the name is longer than 255 bytes") }
        self.domain = domain
        self.path = path
        self.digest = digest
        self.tag = tag ?? (digest == nil ? "latest" : nil)
    }

    private init(domain: String, path: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// The name without its digest, as archives and layouts note it.
    package var withoutDigest: ImageReference { ImageReference(domain: domain, path: path, tag: tag, digest: nil) }

    /// The last part of the repository: `iris`.
    package var baseName: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The name as people write it: without `docker.io/library/`, as far as it then names the same; of
    /// `docker.io/library/a/b` it is `library/a/b`, and `docker.io/ghcr.io/a` stays whole.
    package var familiarName: String {
        guard domain == "docker.io" else { return description }
        let isOfficial = path.utf8.starts(with: "library/".utf8)
        let names = [isOfficial ? String(path.dropFirst("library/".count)) : path, path].map { $0 + suffix }
        return names.first { name in
            let read = try? ImageReference(parsing: name)
            return read?.domain == domain && read?.path == path
        } ?? description
    }

    /// The name in full: `docker.io/library/iris:1`.
    package var description: String { "\(domain)/\(path)" + suffix }

    private var suffix: String { (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "") }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

private func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// Whether a text has the form of a tag: 1 to 128 letters, digits, `_`, `.`, `-`.
package func isTag(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...128).contains(bytes.count) else { return false }
    return bytes.allSatisfy { isLetterOrDigit($0) || "_.-".utf8.contains($0) } && !".-".utf8.contains(bytes[0])
}

private func isDomain(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2,
        parts.count == 1 || (!parts[1].isEmpty && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) })
    else { return false }
    return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }
}

/// Runs of lower-case letters and digits, separated by `.`, `_`, `__` or any number of `-`.
private func isPathComponent(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
        return false
    }
    var separator: [UInt8] = []
    for byte in bytes {
        guard !isLowerOrDigit(byte) else {
            separator = []
            continue
        }
        separator.append(byte)
        let isDashes = separator.allSatisfy { $0 == UInt8(ascii: "-") }
        guard isDashes || [Array(".".utf8), Array("_".utf8), Array("__".utf8)].contains(separator) else { return false }
    }
    return true
}
