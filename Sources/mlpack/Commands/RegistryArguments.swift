import ArgumentParser
import ContentStore
import OCIImage
import OCIRegistry

/// How a command reaches registries.
struct RegistryArguments: ParsableArguments {
    @Flag(help: "Ask registries other than this machine without encryption too.")
    var plainHttp = false

    /// The registry of a name.
    ///
    /// *Throws*: what `Registry.connect` throws.
    func connect(_ reference: ImageReference, chunkByteCount: Int? = nil) throws -> Registry {
        var options = Registry.Options()
        options.allowsPlainHTTP = plainHttp
        if let chunkByteCount { options.chunkByteCount = chunkByteCount }
        return try Registry.connect(to: reference.domain, options: options)
    }

    /// The cache of blobs.
    func store() throws -> ContentStore { try ContentStore(root: ContentStore.userCacheFolder) }
}
