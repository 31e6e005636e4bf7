package import ContentStore
import Diagnostics
package import Downloads
import JSON
package import OCIImage
import Synchronization

/// Fetches an image into a store: what the store has is not fetched, blobs come in parallel, and everything is held
/// against its digest.
package struct ImagePull: Sendable {
    /// An image, and what came over the network for it.
    package struct Result: Sendable {
        package var image: Image
        /// The digest that the name led to: that of an index, when there is one.
        package var rootDigest: Digest
        package var fetchedCount: Int
        package var fetchedByteCount: Int
    }

    private let registry: Registry
    private let repository: String
    private let store: ContentStore
    private let threadCount = 4

    /// A pull out of a repository.
    package init(_ registry: Registry, repository: String, store: ContentStore) {
        self.registry = registry
        self.repository = repository
        self.store = store
    }

    /// Fetches the image of a tag or a digest; of an index, the image for a platform.
    ///
    /// *Throws*: `notFound`, `digestMismatch`, `tooLarge`, `platform` when the index has no such image.
    package func run(
        _ reference: ManifestReference,
        platform: Platform,
        over connection: HTTPConnection? = nil
    ) throws -> Result {
        let client = try RepositoryClient(registry, repository: repository, .pull, over: connection)
        let root = try client.manifest(reference)
        let manifest = try client.imageManifest(root, platform: platform)
        let parsed = try locatingManifest { try ImageManifest(JSONValue.parse(manifest.bytes)) }
        guard parsed.config.mediaType.isImageConfig else {
            throw RegistryError(
                .unsupported,
                at: .file("\(registry.domain)/\(repository)"),
                "the manifest is of no image, its config has media type `\(parsed.config.mediaType.rawValue)`"
            )
        }
        guard parsed.config.byteCount <= manifestByteLimit else {
            throw RegistryError(
                .tooLarge,
                at: .item("blob", parsed.config.digest.description),
                "the config is too large, expected at most \(manifestByteLimit) bytes, got \(parsed.config.byteCount)"
            )
        }
        var seen: Set<Digest> = []
        let parts = ([parsed.config] + parsed.layers).filter { seen.insert($0.digest).inserted }
        let fetched = try fetch(parts.sorted { $0.byteCount > $1.byteCount })
        let origins = BlobOrigins(store, domain: registry.domain)
        for part in parts { origins.note(part.digest, in: repository) }
        let store = store
        let image = try locatingManifest {
            try Image(manifestBytes: manifest.bytes) { FileBlob(path: store.path(of: $0)) }
        }
        return Result(
            image: image,
            rootDigest: root.digest,
            fetchedCount: fetched.count,
            fetchedByteCount: fetched.byteCount
        )
    }

    private func locatingManifest<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as any Diagnostic {
            throw error.within(.file("\(registry.domain)/\(repository)"))
        }
    }

    private func fetch(_ parts: [Descriptor]) throws -> (count: Int, byteCount: Int) {
        let total = parts.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }
        let progress = TransferProgress("pulling", byteCount: total)
        defer { progress.finish() }
        let (registry, repository, store) = (registry, repository, store)
        let arrived = Total()
        try concurrently(parts, limit: threadCount) {
            try RepositoryClient(registry, repository: repository, .pull)
        } _: { client, part in
            let fetched = try client.fetch(part.digest, byteCount: part.byteCount, into: store) {
                progress.show(part.digest, $0)
            }
            progress.show(part.digest, part.byteCount)
            if let fetched { arrived.add(fetched) }
        }
        return arrived.value
    }
}

private final class Total: Sendable {
    private let state = Mutex((count: 0, byteCount: 0))

    func add(_ byteCount: Int) {
        state.withLock { state in
            state.count += 1
            state.byteCount += byteCount
        }
    }

    var value: (count: Int, byteCount: Int) { state.withLock { $0 } }
}

extension RepositoryClient {
    /// The manifest itself, or the one for a platform when it is an index, also one within another.
    package func imageManifest(_ root: StoredManifest, platform: Platform) throws -> StoredManifest {
        var manifest = root
        for _ in 0..<4 {
            guard manifest.mediaType.isIndex else { return manifest }
            let place = Place.file("\(registry.domain)/\(repository)")
            do {
                let entry = try ImageIndex(bytes: manifest.bytes).entry(for: platform)
                manifest = try self.manifest(.digest(entry.descriptor.digest))
            } catch let error as OCIImageError {
                throw error.within(place)
            }
        }
        throw RegistryError(.unsupported, at: .file("\(registry.domain)/\(repository)"), "its indexes nest too deep")
    }
}
