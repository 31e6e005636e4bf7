import ArgumentParser
import ContentStore
import Downloads
import OCIImage
import OCIRegistry

/// How a command reaches registries.
struct RegistryArguments: ParsableArguments {
    @Flag(help: "Ask registries other than this machine without encryption too.")
    var plainHttp = false

    /// What is accepted of registries.
    func options() -> Registry.Options {
        var options = Registry.Options()
        options.allowsPlainHTTP = plainHttp
        return options
    }

    /// The registry of a name, and the connection that it was asked over.
    ///
    /// *Throws*: what `Registry.connect` throws.
    func connect(
        _ reference: ImageReference,
        chunkByteCount: Int? = nil
    ) throws -> (registry: Registry, connection: HTTPConnection) {
        var options = options()
        if let chunkByteCount { options.chunkByteCount = chunkByteCount }
        let connection = try HTTPConnection()
        return (try Registry.connect(to: reference.domain, options: options, over: connection), connection)
    }

    /// A client that reads from the repository of a name.
    ///
    /// *Throws*: what `Registry.connect` throws.
    func client(_ reference: ImageReference) throws -> RepositoryClient {
        let (registry, connection) = try connect(reference)
        return try RepositoryClient(registry, repository: reference.path, .pull, over: connection)
    }

    /// The image of a name, pulled into the cache; without a platform, those of all.
    ///
    /// *Parameter* fetchesAnew: whether what the cache has is fetched too.
    /// *Throws*: what `ImagePull.run` throws.
    func pull(
        _ reference: ImageReference,
        platform: Platform?,
        fetchesAnew: Bool = false
    ) throws -> ImagePull.Result {
        let (registry, connection) = try connect(reference)
        var pull = ImagePull(registry, repository: reference.path, store: try store())
        pull.fetchesAnew = fetchesAnew
        return try pull.run(ManifestReference(reference), platform: platform, over: connection)
    }

    /// The image of a name, or the ModelPack artifact that stands in its place, pulled into the cache.
    ///
    /// *Throws*: what `ImagePull.model` throws.
    func pullModel(_ reference: ImageReference, platform: Platform?) throws -> ImagePull.Model {
        let (registry, connection) = try connect(reference)
        let pull = ImagePull(registry, repository: reference.path, store: try store())
        return try pull.model(ManifestReference(reference), platform: platform, over: connection)
    }

    /// The cache of blobs.
    func store() throws -> ContentStore { try ContentStore(root: ContentStore.userCacheFolder) }
}
