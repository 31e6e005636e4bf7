package import ContentStore
import Diagnostics
package import Downloads
package import OCIImage
import Synchronization
import Threads

/// Fetches an image into a store: what the store has is not fetched, blobs come in parallel, and everything is held
/// against its digest.
package struct ImagePull: Sendable {
    /// What a name stands for, and what came over the network for it.
    package struct Result: Sendable {
        /// The image that was asked for, or all of them with their index.
        package var images: PlatformImages
        /// The digest that the name led to: that of an index, when there is one.
        package var rootDigest: Digest
        package var fetchedCount: Int
        package var fetchedByteCount: Int
    }

    private let registry: Registry
    private let repository: String
    private let store: ContentStore
    private let threadCount = 4
    /// Whether everything is fetched, also what the store has: to see what the registry holds.
    package var fetchesAnew = false
    private static let manifestCountLimit = 1000
    /// How many bytes the manifests of an index may have together, and their configs.
    private static let togetherByteLimit = 16 << 20

    /// A pull out of a repository.
    package init(_ registry: Registry, repository: String, store: ContentStore) {
        self.registry = registry
        self.repository = repository
        self.store = store
    }

    /// Fetches the image of a tag or a digest; of an index, the image for a platform, or all of them without one.
    ///
    /// What a digest names is not asked for when the store has it.
    ///
    /// *Throws*: `notFound`, `digestMismatch`, `tooLarge`, `platform` when the index has no such image.
    package func run(
        _ reference: ManifestReference,
        platform: Platform?,
        over connection: HTTPConnection? = nil
    ) throws -> Result {
        let client = try RepositoryClient(registry, repository: repository, .pull, over: connection)
        let root = try client.manifest(reference, in: knownManifests)
        return try run(root, platform: platform, client)
    }

    /// What a name that may be of a model came to: images that have it, or an artifact that is it.
    package enum Model: Sendable {
        case artifact(Artifact, fetchedCount: Int, fetchedByteCount: Int)
        case images(Result)
    }

    /// Fetches what a name stands for as `run` does, or the ModelPack artifact that stands in its place.
    ///
    /// *Throws*: as `run`.
    package func model(
        _ reference: ManifestReference,
        platform: Platform?,
        over connection: HTTPConnection? = nil
    ) throws -> Model {
        let client = try RepositoryClient(registry, repository: repository, .pull, over: connection)
        let root = try client.manifest(reference, in: knownManifests)
        let manifest = try root.mediaType.isManifest ? locatingManifest { try ImageManifest(parsing: root.bytes) } : nil
        guard let manifest, manifest.config.mediaType.isModelConfig else {
            return .images(try run(root, platform: platform, client))
        }
        var seen: Set<Digest> = []
        let parts = ([manifest.config] + manifest.layers).filter { seen.insert($0.digest).inserted }
        let fetched = try fetch(parts)
        let origins = BlobOrigins(store, domain: registry.domain)
        for part in parts { origins.note(part.digest, in: repository) }
        let artifact = try locatingManifest {
            try Artifact(manifestBytes: root.bytes) { FileBlob(path: self.store.path(of: $0)) }
        }
        return .artifact(artifact, fetchedCount: fetched.count, fetchedByteCount: fetched.byteCount)
    }

    private func run(_ root: StoredManifest, platform: Platform?, _ client: RepositoryClient) throws -> Result {
        var index: ImageIndex?
        var manifests: [StoredManifest]
        if root.mediaType.isIndex, platform == nil {
            let read = try locatingManifest { try ImageIndex(bytes: root.bytes) }
            manifests = try self.manifests(of: read, client)
            index = read
        } else {
            manifests = [try client.imageManifest(root, platform: platform ?? .ofThisMachine, in: knownManifests)]
        }
        let parts = try distinctParts(manifests)
        let fetched = try fetch(parts.sorted { $0.byteCount > $1.byteCount })
        let origins = BlobOrigins(store, domain: registry.domain)
        for part in parts { origins.note(part.digest, in: repository) }
        let images = try locatingManifest {
            try manifests.map { try Image(manifestBytes: $0.bytes) { FileBlob(path: self.store.path(of: $0)) } }
        }
        return Result(
            images: index.map { PlatformImages(index: $0, images: images) } ?? PlatformImages(images[0]),
            rootDigest: root.digest,
            fetchedCount: fetched.count,
            fetchedByteCount: fetched.byteCount
        )
    }

    /// The manifests of an index, which are in memory together, as their configs are later.
    private func manifests(of index: ImageIndex, _ client: RepositoryClient) throws -> [StoredManifest] {
        let (count, limit) = (index.entries.count, Self.manifestCountLimit)
        guard count <= limit else {
            throw tooLarge("the index has too many manifests, expected at most \(limit), got \(count)")
        }
        var byteCount = 0
        return try index.entries.map { entry in
            let manifest = try client.manifest(.digest(entry.descriptor.digest), in: knownManifests)
            byteCount += manifest.bytes.count
            try checkTogether("manifests", byteCount)
            return manifest
        }
    }

    private var knownManifests: ContentStore? { fetchesAnew ? nil : store }

    private func checkTogether(_ name: String, _ byteCount: Int) throws {
        let limit = Self.togetherByteLimit
        guard byteCount <= limit else {
            throw tooLarge("the \(name) of the index are too large together, expected at most \(limit) bytes")
        }
    }

    private func tooLarge(_ message: String) -> RegistryError {
        RegistryError(
            .tooLarge,
            at: .file("\(registry.domain)/\(repository)"),
            message,
            hint: "`--platform` takes one image of the index"
        )
    }

    /// The configs and layers of some images, each once.
    private func distinctParts(_ manifests: [StoredManifest]) throws -> [Descriptor] {
        var seen: Set<Digest> = []
        var parts: [Descriptor] = []
        var configByteCount = 0
        for manifest in manifests {
            let parsed = try locatingManifest { try ImageManifest(parsing: manifest.bytes) }
            guard parsed.config.mediaType.isImageConfig else {
                throw RegistryError(
                    .unsupported,
                    at: .file("\(registry.domain)/\(repository)"),
                    "the manifest is of no image, its config has media type `\(parsed.config.mediaType.rawValue)`",
                    hint: parsed.config.mediaType.isModelConfig
                        ? "it is a ModelPack artifact: `mlpack image inspect` shows it, `mlpack image extract` takes its model, "
                            + "and `pull --format oci-layout` keeps it whole"
                        : nil
                )
            }
            guard parsed.config.byteCount <= manifestByteLimit else {
                throw RegistryError(
                    .tooLarge,
                    at: .item("blob", parsed.config.digest.description),
                    "the config is too large, expected at most \(manifestByteLimit) bytes, got \(parsed.config.byteCount)"
                )
            }
            configByteCount += parsed.config.byteCount
            try checkTogether("configs", configByteCount)
            parts += ([parsed.config] + parsed.layers).filter { seen.insert($0.digest).inserted }
        }
        return parts
    }

    private func locatingManifest<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as any Diagnostic {
            throw error.within(.file("\(registry.domain)/\(repository)"))
        }
    }

    private func fetch(_ parts: [Descriptor]) throws -> (count: Int, byteCount: Int) {
        let total = parts.map(\.byteCount).saturatingSum
        let progress = TransferProgress("pulling", byteCount: total)
        defer { progress.finish() }
        let (registry, repository, store, isAnew) = (registry, repository, store, fetchesAnew)
        let arrived = Total()
        try concurrently(parts, limit: threadCount) {
            try RepositoryClient(registry, repository: repository, .pull)
        } _: { client, part in
            let fetched = try client.fetch(part.digest, byteCount: part.byteCount, into: store, isAnew: isAnew) {
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
    ///
    /// *Parameter* store: where manifests are looked for first, and kept.
    package func imageManifest(
        _ root: StoredManifest,
        platform: Platform,
        in store: ContentStore? = nil
    ) throws -> StoredManifest {
        var manifest = root
        for _ in 0..<4 {
            guard manifest.mediaType.isIndex else { return manifest }
            let place = Place.file("\(registry.domain)/\(repository)")
            do {
                let entry = try ImageIndex(bytes: manifest.bytes).entry(for: platform)
                manifest = try self.manifest(.digest(entry.descriptor.digest), in: store)
            } catch let error as OCIImageError {
                throw error.within(place)
            }
        }
        throw RegistryError(.unsupported, at: .file("\(registry.domain)/\(repository)"), "its indexes nest too deep")
    }
}
