import ContentStore
import OCIImage

/// Remembers in the cache which repository of a registry has a blob, so that another one can mount it.
struct BlobOrigins: Sendable {
    private let store: ContentStore
    private let domain: String

    init(_ store: ContentStore, domain: String) {
        self.store = store
        self.domain = domain
    }

    private func key(_ digest: Digest) -> Digest { Digest(of: Array("origin \(domain) \(digest)".utf8)) }

    /// A repository that had the blob; it need not have it any more.
    func repository(of digest: Digest) -> String? {
        guard let bytes = store.record(key(digest)) else { return nil }
        let path = String(decoding: bytes, as: UTF8.self)
        // The record is a file that anybody may have written.
        return (try? ImageReference(parsing: "registry.example/\(path)"))?.path == path ? path : nil
    }

    /// A cache that takes no note is no reason for a transfer to fail.
    func note(_ digest: Digest, in repository: String) {
        guard self.repository(of: digest) != repository else { return }
        try? store.setRecord(key(digest), Array(repository.utf8))
    }
}
