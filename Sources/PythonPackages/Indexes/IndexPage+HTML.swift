import ContentStore
import Diagnostics
import Downloads

extension IndexPage {
    /// Reads a page in HTML, of an index or of links that somebody gathered.
    ///
    /// *Throws*: `unsupported` for another version of the interface.
    /// *Source*: PEP 503, PEP 592, PEP 629, PEP 658, PEP 714.
    init(html bytes: [UInt8], at base: WebAddress) throws(PythonPackageError) {
        var base = base
        var links: [Link] = []
        for tag in indexTags(bytes) {
            switch tag.name {
            case "meta" where tag.attributes["name"] == "pypi:repository-version":
                try checkInterface(tag.attributes["content"])
            case "base":
                if let href = tag.attributes["href"], let address = try? base.resolving(trimmed(href)) {
                    base = address
                }
            case "a":
                if let link = Self.link(tag.attributes, base) { links.append(link) }
            default: break
            }
        }
        self.links = links
    }

    private static func link(_ attributes: [String: String], _ base: WebAddress) -> Link? {
        guard let href = attributes["href"], let address = try? base.resolving(trimmed(href)).withoutDots,
            let last = split(address.path, where: { $0 == UInt8(ascii: "/") }).last
        else { return nil }
        var link = Link(fileName: percentDecoded(last.utf8), address: address)
        let fragment = split(href, keepsEmpty: true) { $0 == UInt8(ascii: "#") }.dropFirst().last ?? ""
        link.digest = split(fragment) { $0 == UInt8(ascii: "&") }.lazy.compactMap(digest).first
        link.requiresPython = attributes["data-requires-python"]
        link.isYanked = attributes["data-yanked"] != nil
        link.metadataDigest = (attributes["data-core-metadata"] ?? attributes["data-dist-info-metadata"])
            .flatMap(digest)
        return link
    }

    /// The digest in `sha256=<hex>`.
    private static func digest(_ text: String) -> Digest? {
        guard text.utf8.starts(with: "sha256=".utf8) else { return nil }
        return Digest(hex: lowercasedASCII(text.dropFirst("sha256=".count)))
    }
}
