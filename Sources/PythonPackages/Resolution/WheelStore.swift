import ContentStore
import Diagnostics
package import Downloads
import Files

/// Brings wheels and what they say of themselves into the content store.
final class WheelStore {
    let client: IndexClient
    private var store: ContentStore { client.downloader.store }

    init(_ client: IndexClient) { self.client = client }

    /// The digest and the size of a file; a local one is copied into the store for them.
    ///
    /// *Throws*: `index` when nobody says the size, and errors of downloads and files.
    func identity(of file: IndexFile) throws -> (digest: Digest, byteCount: Int) {
        switch file.location {
        case .local(let path):
            return try store.add { write in try readFileInPieces(path, write) }
        case .web(let address):
            guard let digest = file.digest else {
                throw PythonPackageError(
                    .unsupported,
                    at: .file(address.description),
                    "the index gives no sha256 of the file, and nothing is fetched without one"
                )
            }
            let byteCount = try file.byteCount ?? store.byteCount(of: digest) ?? client.byteCount(of: file, at: address)
            return (digest, byteCount)
        }
    }

    /// The path of a file in the store.
    func path(of file: IndexFile) throws -> String {
        let (digest, byteCount) = try identity(of: file)
        guard case .web(let address) = file.location else { return store.path(of: digest) }
        return try client.downloader.fetch(
            digest,
            byteCount: byteCount,
            from: [address.address.text],
            credentials: address.credentials
        )
    }

    /// What the package in a file says of itself: from beside the file where the index offers that, else from the file.
    func metadata(of file: IndexFile) throws -> CoreMetadata {
        guard case .web(let address) = file.location, let digest = file.digest else {
            return try Wheel(path: path(of: file), name: file.name.text).metadata
        }
        let key = Digest(of: Array("METADATA of \(digest)".utf8))
        if let bytes = store.record(key), let metadata = try? CoreMetadata(bytes) { return metadata }
        if let metadataDigest = file.metadataDigest, let bytes = try client.metadata(at: address, metadataDigest) {
            return try locating(.file(file.name.text)) { () throws(PythonPackageError) in try CoreMetadata(bytes) }
        }
        let wheel = try Wheel(path: path(of: file), name: file.name.text)
        if wheel.metadataText.count <= 1 << 20 { try store.setRecord(key, wheel.metadataText) }
        return wheel.metadata
    }
}

extension LockedWheel {
    /// The path of the wheel in the content store, fetched when it is not there.
    ///
    /// *Throws*: `notFound` when no index has the file any more, `conflict` when its bytes have become others, and
    /// errors of downloads, offline too.
    package func fetch(_ indexes: PackageIndexes, _ downloader: Downloader) throws -> String {
        if downloader.store.byteCount(of: digest) == byteCount { return downloader.store.path(of: digest) }
        let client = IndexClient(indexes, downloader)
        let found = try client.files(of: name)?.wheels.first { $0.name.text == file }
        guard let found else {
            throw PythonPackageError(
                .notFound,
                at: .item("package", name, version),
                "no index has `\(file)` any more, looked in `\(indexes.descriptions.joined(separator: "`, `"))`",
                hint: "lock the environment anew"
            )
        }
        guard found.digest == nil || found.digest == digest else {
            throw PythonPackageError(
                .conflict,
                at: .item("package", name, version),
                "the index has other bytes under `\(file)`, expected `\(digest)`"
                    + (found.digest.map { ", got `\($0)`" } ?? ""),
                hint: "lock the environment anew"
            )
        }
        guard case .web(let address) = found.location else {
            let identity = try WheelStore(client).identity(of: found)
            guard identity.digest == digest else {
                throw PythonPackageError(
                    .conflict,
                    at: .item("package", name, version),
                    "the folder has other bytes under `\(file)`, expected `\(digest)`, got `\(identity.digest)`",
                    hint: "lock the environment anew"
                )
            }
            return downloader.store.path(of: digest)
        }
        return try downloader.fetch(
            digest,
            byteCount: byteCount,
            from: [address.address.text],
            credentials: address.credentials
        )
    }
}
