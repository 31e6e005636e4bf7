import ContentStore
import Diagnostics
import Downloads

/// A page of an index, with all its links.
struct IndexPage {
    /// A link to a file.
    struct Link {
        let fileName: String
        let address: WebAddress
        var digest: Digest?
        var byteCount: Int?
        var requiresPython: String?
        var isYanked = false
        var metadataDigest: Digest?
    }

    let links: [Link]

    /// The files of one project among the links.
    func files(of project: String, from source: ServerAddress) -> ProjectFiles {
        var files = ProjectFiles()
        for link in links {
            guard let name = WheelFileName(link.fileName) else {
                if isSource(link.fileName, of: project) { files.otherCount += 1 }
                continue
            }
            guard name.name == project else { continue }
            files.wheels.append(
                IndexFile(
                    name: name,
                    location: .web(ServerAddress(link.address, credentials: source.credentials(for: link.address))),
                    digest: link.digest,
                    byteCount: link.byteCount,
                    requiresPython: link.requiresPython.flatMap(lenientSpecifiers) ?? VersionSpecifiers(),
                    isYanked: link.isYanked,
                    metadataDigest: link.metadataDigest
                )
            )
        }
        return files
    }
}

/// Whether a file that is no wheel belongs to a project.
func isSource(_ fileName: String, of project: String) -> Bool {
    let (name, start) = (normalizedName(fileName), project + "-")
    return name.utf8.starts(with: start.utf8) && name.utf8.dropFirst(start.utf8.count).first.map(isDigit) ?? false
}

/// The version of the interface that a page is written for, of which 1 is read here.
///
/// *Source*: PEP 629.
func checkInterface(_ version: String?) throws(PythonPackageError) {
    guard let version else { return }
    guard split(version, where: { $0 == UInt8(ascii: ".") }).first == "1" else {
        throw PythonPackageError(
            .unsupported,
            "version `\(version)` of the interface of indexes is not read here, expected 1"
        )
    }
}
