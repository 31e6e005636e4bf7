package import ContentStore
import Diagnostics
import Downloads
package import JSON
package import OCIImage

extension RepositoryClient {
    /// The config of an image, without its layers.
    ///
    /// *Throws*: `unsupported` when the manifest is of no image, `digestMismatch`, `tooLarge` above 4 MiB.
    package func config(of manifest: ImageManifest, in store: ContentStore) throws -> ImageConfig {
        guard manifest.config.mediaType.isImageConfig else { throw notImage(manifest.config) }
        return try ImageConfig(configJSON(of: manifest, in: store))
    }

    private func notImage(_ config: Descriptor) -> RegistryError {
        RegistryError(
            .unsupported,
            at: .item("blob", config.digest.description),
            "the manifest is of no image, its config has media type `\(config.mediaType.rawValue)`"
        )
    }

    /// The config of an image or of a ModelPack artifact, as it is stored.
    ///
    /// *Throws*: as `config`.
    package func configJSON(of manifest: ImageManifest, in store: ContentStore) throws -> JSONValue {
        let descriptor = manifest.config
        let place = Place.item("blob", descriptor.digest.description)
        guard descriptor.mediaType.isImageConfig || descriptor.mediaType.isModelConfig else {
            throw notImage(descriptor)
        }
        guard descriptor.byteCount <= manifestByteLimit else {
            throw RegistryError(
                .tooLarge,
                at: place,
                "the config is too large, expected at most \(manifestByteLimit) bytes, got \(descriptor.byteCount)"
            )
        }
        _ = try fetch(descriptor.digest, byteCount: descriptor.byteCount, into: store)
        return try JSONValue.parse(store.read(descriptor.digest, limit: manifestByteLimit))
    }
}
