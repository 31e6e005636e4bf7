package import ContentStore
import Diagnostics
import Downloads
import Files
package import OCIImage

/// How a blob came into a repository.
package enum BlobArrival: String, Sendable, Hashable {
    case existed
    case mounted
    case uploaded
}

extension RepositoryClient {
    /// Brings a blob into the repository, unless it is there: from another repository of the registry, or by upload.
    ///
    /// *Parameter* isAsking: whether the repository may have the blob already.
    /// *Parameter* source: a repository that may have the blob.
    /// *Parameter* store: where bytes that stand in no file are kept for the time of the upload.
    /// *Parameter* progress: gets the number of bytes that the registry has.
    /// *Throws*: `unauthorized`, `refused`, `digestMismatch` when the blob's own bytes changed.
    package func push(
        _ part: (descriptor: Descriptor, blob: any BlobSource),
        asking isAsking: Bool = true,
        mountingFrom source: String? = nil,
        store: ContentStore,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> BlobArrival {
        let (descriptor, blob) = part
        if try isAsking && hasBlob(descriptor.digest) { return .existed }
        var opened: Answer?
        if let source, source != repository {
            let mount = address("blobs/uploads/").adding([("mount", descriptor.digest.description), ("from", source)])
            let answer = try send(HTTPRequest(.post, mount))
            switch answer.response.status {
            case 201: return .mounted
            case 202: opened = answer
            // A source that may not be read is no reason to fail: the bytes are at hand.
            default: break
            }
        }
        let content = try content(descriptor, blob, store)
        guard content.byteCount == descriptor.byteCount else {
            throw RegistryError(
                .digestMismatch,
                at: .item("blob", descriptor.digest.description),
                "the blob has another size, expected \(descriptor.byteCount) bytes, got \(content.byteCount)"
            )
        }
        var upload = BlobUpload(self, descriptor.digest, content, progress: progress)
        try upload.run(opened: opened)
        return .uploaded
    }

    private func content(
        _ descriptor: Descriptor,
        _ blob: any BlobSource,
        _ store: ContentStore
    ) throws -> UploadContent {
        if let range = blob.fileRange { return .file(range) }
        if descriptor.byteCount <= 1 << 20 { return .bytes(try blob.bytes(limit: descriptor.byteCount)) }
        if store.byteCount(of: descriptor.digest) != descriptor.byteCount {
            _ = try store.add(expecting: descriptor.digest) { try blob.read($0) }
        }
        let path = store.path(of: descriptor.digest)
        return .file(FileRange(path: path, offset: 0, byteCount: descriptor.byteCount))
    }
}
