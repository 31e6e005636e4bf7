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
        try ImageConfig(configJSON(of: manifest, in: store))
    }

    /// The config of an image as it is stored.
    ///
    /// *Throws*: as `config`.
    package func configJSON(of manifest: ImageManifest, in store: ContentStore) throws -> JSONValue {
        let descriptor = manifest.config
        let place = Place.item("blob", descriptor.digest.description)
        guard descriptor.mediaType.isImageConfig else {
            throw RegistryError(
                .unsupported,
                at: place,
                "the manifest is of no image, its config has media type `\(descriptor.mediaType.rawValue)`"
            )
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
