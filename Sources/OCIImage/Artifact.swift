package import ContentStore
import Diagnostics
package import JSON

/// A manifest with the blobs that it names: an image for one platform, or anything else that is kept like one.
///
/// It never changes, and its name is the digest of its manifest.
package struct Artifact: Sendable {
    /// The manifest as it is stored; its digest names the artifact.
    package let manifestBytes: [UInt8]
    package let manifest: ImageManifest
    private let blobs: [Digest: any BlobSource]

    /// An artifact of a new manifest; `blobs` has everything that it names.
    package init(manifest: ImageManifest, blobs: [Digest: any BlobSource]) {
        self.manifest = manifest
        manifestBytes = manifest.json.serialized(.canonical)
        self.blobs = blobs
    }

    /// Reads an artifact from its stored manifest; `blob` gives the parts that it names.
    ///
    /// *Throws*: `malformed`, `blobNotFound`, `mediaType`.
    package init(manifestBytes: [UInt8], blob: (Digest) throws -> (any BlobSource)?) throws {
        manifest = try ImageManifest(JSONValue.parse(manifestBytes))
        self.manifestBytes = manifestBytes
        var blobs: [Digest: any BlobSource] = [:]
        for part in [manifest.config] + manifest.layers {
            guard let source = try blob(part.digest) else {
                throw OCIImageError(.blobNotFound, "there is no blob `\(part.digest)`, which the manifest names")
            }
            blobs[part.digest] = source
        }
        self.blobs = blobs
    }

    /// The artifact as an index refers to it.
    package var descriptor: Descriptor {
        Descriptor(mediaType: manifest.mediaType, digest: digest, byteCount: manifestBytes.count)
    }

    /// The name of the artifact: the digest of its manifest.
    package var digest: Digest { Digest(of: manifestBytes) }

    /// All parts, each once, sorted by digest: the manifest, the config and the layers.
    package var parts: [(descriptor: Descriptor, blob: any BlobSource)] {
        var seen: Set<Digest> = []
        return ([descriptor, manifest.config] + manifest.layers)
            .filter { seen.insert($0.digest).inserted }
            .sorted { $0.digest.hex < $1.digest.hex }
            .compactMap { part in blob(part.digest).map { (part, $0) } }
    }

    /// The config, held against its digest.
    ///
    /// *Throws*: `digestMismatch`, `malformed`, and what reading throws.
    package func configJSON() throws -> JSONValue {
        try check(manifest.config)
        return try JSONValue.parse(blob(manifest.config.digest)?.bytes(limit: manifestByteLimit) ?? [])
    }

    /// The bytes of a part.
    package func blob(_ digest: Digest) -> (any BlobSource)? {
        digest == self.digest ? MemoryBlob(manifestBytes) : blobs[digest]
    }
}
