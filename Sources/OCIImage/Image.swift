package import ContentStore
import Diagnostics
import JSON

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
    /// The manifest as it is stored; its digest names the image.
    package let manifestBytes: [UInt8]
    package let manifest: ImageManifest
    package let config: ImageConfig
    private let blobs: [Digest: any BlobSource]

    /// Puts an image together; the layers' digests and history go into `config`.
    ///
    /// A history that `config` has already, as one that was overlaid on a base, is of the lowest layers.
    package init(config: ImageConfig, layers: [ImageLayer], annotations: [String: String] = [:]) {
        var config = config
        config.diffIDs = layers.map(\.diffID)
        config.history += layers.dropFirst(config.layerHistory.count).map(\.history)
        let configBytes = config.json.serialized(.canonical)
        let configDigest = Digest(of: configBytes)
        var blobs: [Digest: any BlobSource] = [configDigest: MemoryBlob(configBytes)]
        for layer in layers { blobs[layer.descriptor.digest] = layer.blob }
        manifest = ImageManifest(
            config: Descriptor(mediaType: .imageConfig, digest: configDigest, byteCount: configBytes.count),
            layers: layers.map(\.descriptor),
            annotations: annotations
        )
        manifestBytes = manifest.json.serialized(.canonical)
        self.config = config
        self.blobs = blobs
    }

    /// Reads an image from its stored manifest; `blob` gives the parts that it names.
    ///
    /// *Throws*: `malformed`, `blobNotFound`, `mediaType`.
    package init(manifestBytes: [UInt8], blob: (Digest) throws -> (any BlobSource)?) throws {
        manifest = try ImageManifest(JSONValue.parse(manifestBytes))
        self.manifestBytes = manifestBytes
        guard manifest.config.mediaType.isImageConfig else {
            throw OCIImageError(
                .mediaType,
                "the manifest is of no image, its config has media type `\(manifest.config.mediaType.rawValue)`"
            )
        }
        var blobs: [Digest: any BlobSource] = [:]
        for part in [manifest.config] + manifest.layers {
            guard let source = try blob(part.digest) else {
                throw OCIImageError(.blobNotFound, "there is no blob `\(part.digest)`, which the manifest names")
            }
            blobs[part.digest] = source
        }
        let bytes = try blobs[manifest.config.digest]?.bytes(limit: manifestByteLimit) ?? []
        config = try ImageConfig(JSONValue.parse(bytes))
        self.blobs = blobs
    }

    /// The image as an index refers to it.
    package var descriptor: Descriptor {
        Descriptor(mediaType: manifest.mediaType, digest: Digest(of: manifestBytes), byteCount: manifestBytes.count)
    }

    /// The name of the image: the digest of its manifest.
    package var digest: Digest { Digest(of: manifestBytes) }

    /// All parts, each once, sorted by digest: the manifest, the config and the layers.
    package var parts: [(descriptor: Descriptor, blob: any BlobSource)] {
        var seen: Set<Digest> = []
        return ([descriptor, manifest.config] + manifest.layers)
            .filter { seen.insert($0.digest).inserted }
            .sorted { $0.digest.hex < $1.digest.hex }
            .compactMap { part in blob(part.digest).map { (part, $0) } }
    }

    /// The layers as the lowest ones of another image, bottom first; none of their bytes changes.
    ///
    /// Docker's names of the types of layers become OCI's.
    ///
    /// *Throws*: `malformed` when there is another number of `diff_ids`.
    package func layersOfBase() throws(OCIImageError) -> [ImageLayer] {
        guard config.diffIDs.count == manifest.layers.count else {
            throw OCIImageError(
                .malformed,
                "the config has \(config.diffIDs.count) diff_ids, expected \(manifest.layers.count)"
            )
        }
        let history = config.layerHistory
        var layers: [ImageLayer] = []
        for (index, (layer, diffID)) in zip(manifest.layers, config.diffIDs).enumerated() {
            guard layer.mediaType.isLayer else {
                throw OCIImageError(.mediaType, "a layer has another media type, got `\(layer.mediaType.rawValue)`")
            }
            guard let blob = blob(layer.digest) else {
                throw OCIImageError(.blobNotFound, "there is no blob `\(layer.digest)`, which the manifest names")
            }
            var descriptor = layer
            descriptor.mediaType = layer.mediaType.ofOCI
            descriptor.annotations = [:]
            layers.append(
                ImageLayer(
                    descriptor: descriptor,
                    diffID: diffID,
                    history: index < history.count ? history[index] : ImageConfig.History(createdBy: ""),
                    blob: blob
                )
            )
        }
        return layers
    }

    /// The bytes of a part.
    package func blob(_ digest: Digest) -> (any BlobSource)? {
        digest == self.digest ? MemoryBlob(manifestBytes) : blobs[digest]
    }
}
