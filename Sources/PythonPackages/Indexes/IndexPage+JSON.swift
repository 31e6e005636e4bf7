import ContentStore
import Diagnostics
import Downloads
import JSON

extension IndexPage {
    /// Reads a page in JSON.
    ///
    /// Files without a name, or at an address of another form, are passed over; a size that no file has is not taken.
    /// *Throws*: `index`, `unsupported` for another version of the interface, and JSON's own errors.
    /// *Source*: PEP 691, PEP 700, PEP 714.
    init(json bytes: [UInt8], at base: WebAddress) throws {
        let root = try JSONValue.parse(bytes)
        try checkInterface(root["meta"]?["api-version"]?.string)
        guard let files = root["files"]?.array else {
            throw PythonPackageError(.index, "`files` is missing, expected an array")
        }
        links = files.compactMap { file in
            guard let fileName = file["filename"]?.string, let url = file["url"]?.string,
                let address = try? base.resolving(url)
            else { return nil }
            var link = Link(fileName: fileName, address: address.withoutDots)
            link.digest = Self.digest(in: file["hashes"])
            link.byteCount = file["size"]?.number?.int.flatMap {
                (1...Downloader.byteLimit).contains($0) ? $0 : nil
            }
            link.requiresPython = file["requires-python"]?.string
            link.isYanked = file["yanked"].map { $0.bool ?? ($0.string != nil) } ?? false
            link.metadataDigest = Self.digest(in: file["core-metadata"] ?? file["dist-info-metadata"])
            return link
        }
    }

    private static func digest(in hashes: JSONValue?) -> Digest? {
        hashes?["sha256"]?.string.flatMap { Digest(hex: lowercasedASCII($0)) }
    }
}

extension WebAddress {
    /// The address without `.` and `..` in its path.
    var withoutDots: WebAddress {
        WebAddress(scheme: scheme, authority: authority, path: PythonPackages.withoutDots(path), query: query)
    }
}
