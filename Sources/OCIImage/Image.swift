package import ContentStore
import Diagnostics
package import JSON

/// One layer on its way into an image.
package struct ImageLayer: Sendable {
    /// The stored form: compressed or not.
    package let descriptor: Descriptor
    /// The digest of the layer's tar, uncompressed; the descriptor's own when it is stored plain.
    package let diffID: Digest
    /// The line of history that the layer gets.
    package let history: ImageConfig.History
    /// The stored bytes.
    package let blob: any BlobSource

    /// A layer of an image.
    package init(descriptor: Descriptor, diffID: Digest, history: ImageConfig.History, blob: any BlobSource) {
        self.descriptor = descriptor
        self.diffID = diffID
        self.history = history
        self.blob = blob
    }
}

/// An image for one platform; it never changes, and its name is the digest of its manifest.
package struct Image: Sendable {
    /// The manifest and the blobs.
    package let artifact: Artifact
    package let config: ImageConfig
    /// The config as it is stored, with what `config` does not name.
    package let configJSON: JSONValue

    /// The manifest as it is stored; its digest names the image.
    package var manifestBytes: [UInt8] { artifact.manifestBytes }
    package var manifest: ImageManifest { artifact.manifest }

    /// Puts an image together; the layers' digests and history go into `config`.
    ///
    /// A history that `config` has already, as one that was overlaid on a base, is of the lowest layers.
    package init(config: ImageConfig, layers: [ImageLayer], annotations: [String: String] = [:]) {
        var config = config
        config.diffIDs = layers.map(\.diffID)
        config.history += layers.dropFirst(config.layerHistory.count).map(\.history)
        configJSON = config.json
        let configBytes = configJSON.serialized(.canonical)
        let configDigest = Digest(of: configBytes)
        var blobs: [Digest: any BlobSource] = [configDigest: MemoryBlob(configBytes)]
        for layer in layers { blobs[layer.descriptor.digest] = layer.blob }
        artifact = Artifact(
            manifest: ImageManifest(
                config: Descriptor(mediaType: .imageConfig, digest: configDigest, byteCount: configBytes.count),
                layers: layers.map(\.descriptor),
                annotations: annotations
            ),
            blobs: blobs
        )
        self.config = config
    }

    /// Reads an image from its stored manifest; `blob` gives the parts that it names.
    ///
    /// The config is held against its digest; layers are where they are read.
    ///
    /// *Throws*: `malformed`, `blobNotFound`, `mediaType`, `digestMismatch`.
    package init(manifestBytes: [UInt8], blob: (Digest) throws -> (any BlobSource)?) throws {
        artifact = try Artifact(manifestBytes: manifestBytes, blob: blob)
        let descriptor = artifact.manifest.config
        guard descriptor.mediaType.isImageConfig else {
            throw OCIImageError(
                .mediaType,
                "the manifest is of no image, its config has media type `\(descriptor.mediaType.rawValue)`",
                hint: descriptor.mediaType.isModelConfig
                    ? "it is a ModelPack artifact: `mlpack image inspect` shows it, `mlpack image extract` takes its model"
                    : nil
            )
        }
        configJSON = try artifact.configJSON()
        config = try ImageConfig(configJSON)
    }

    /// The image as an index refers to it.
    package var descriptor: Descriptor { artifact.descriptor }

    /// The name of the image: the digest of its manifest.
    package var digest: Digest { artifact.digest }

    /// All parts, each once, sorted by digest: the manifest, the config and the layers.
    package var parts: [(descriptor: Descriptor, blob: any BlobSource)] { artifact.parts }

    /// The bytes of a part.
    package func blob(_ digest: Digest) -> (any BlobSource)? { artifact.blob(digest) }
}
