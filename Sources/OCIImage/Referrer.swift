package import ContentStore
import Diagnostics
import JSON

/// An artifact with its blobs in memory: a signature or a document of the image that is its `subject`.
///
/// *Source*: OCI image specification 1.1, manifest.md, Guidelines for Artifact Usage.
package struct Referrer: Sendable {
    /// One blob on its way into a referrer.
    package struct Layer: Sendable, Hashable {
        package var mediaType: MediaType
        package var bytes: [UInt8]
        package var annotations: [String: String]

        /// A blob with its type.
        package init(mediaType: MediaType, bytes: [UInt8], annotations: [String: String] = [:]) {
            self.mediaType = mediaType
            self.bytes = bytes
            self.annotations = annotations
        }

        /// The blob as a manifest refers to it.
        package var descriptor: Descriptor {
            Descriptor(
                mediaType: mediaType,
                digest: Digest(of: bytes),
                byteCount: bytes.count,
                annotations: annotations
            )
        }
    }

    /// The size that the blobs of one referrer may have together.
    package static let byteLimit = 32 << 20

    /// The manifest as it is stored; its digest names the referrer.
    package let manifestBytes: [UInt8]
    /// What it is: its own `artifactType`, or else the type of its config.
    package let artifactType: String
    package let config: Layer
    package let layers: [Layer]
    /// What it refers to.
    package let subject: Descriptor?

    /// A referrer of blobs.
    ///
    /// *Parameter* artifactType: what it is; `nil` when the type of the config says it.
    /// *Parameter* config: the empty object, unless the kind of referrer has one.
    package init(
        artifactType: String?,
        config: Layer = Layer(mediaType: .empty, bytes: Array("{}".utf8)),
        layers: [Layer],
        subject: Descriptor?
    ) {
        self.artifactType = artifactType ?? config.mediaType.rawValue
        self.config = config
        self.layers = layers
        self.subject = subject
        var object: JSONObject = [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": config.descriptor.json,
            "layers": .array(layers.map(\.descriptor.json)),
        ]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        if var subject {
            subject.annotations = [:]
            object["subject"] = subject.json
        }
        manifestBytes = JSONValue.object(object).serialized(.canonical)
    }

    /// Reads a referrer from its stored manifest; `blob` gives the blobs that it names, which are held against it.
    ///
    /// *Throws*: `malformed`, `digestMismatch`, and what `blob` throws.
    package init(manifestBytes: [UInt8], blob: (Descriptor) throws -> [UInt8]) throws {
        let json = try JSONValue.parse(manifestBytes)
        let manifest = try ImageManifest(json)
        var rest = Self.byteLimit
        func layer(_ part: Descriptor) throws -> Layer {
            guard part.byteCount <= rest else {
                throw OCIImageError(
                    .malformed,
                    at: .item("blob", part.digest.description),
                    "the referrer is too large, expected at most \(Self.byteLimit) bytes"
                )
            }
            rest -= part.byteCount
            let bytes = try blob(part)
            guard Digest(of: bytes) == part.digest, bytes.count == part.byteCount else {
                throw OCIImageError(
                    .digestMismatch,
                    at: .item("blob", part.digest.description),
                    "the bytes are others, expected \(part.byteCount) with this digest, got \(bytes.count) with "
                        + "`\(Digest(of: bytes))`"
                )
            }
            return Layer(mediaType: part.mediaType, bytes: bytes, annotations: part.annotations)
        }
        self.manifestBytes = manifestBytes
        artifactType = json["artifactType"]?.string ?? manifest.config.mediaType.rawValue
        subject = try json["subject"].map { try Descriptor($0) }
        config = try layer(manifest.config)
        layers = try manifest.layers.map(layer)
    }

    /// The name of the referrer: the digest of its manifest.
    package var digest: Digest { Digest(of: manifestBytes) }

    /// The referrer as an index refers to it.
    package var entry: ImageIndex.Entry {
        let descriptor = Descriptor(mediaType: .imageManifest, digest: digest, byteCount: manifestBytes.count)
        return ImageIndex.Entry(descriptor: descriptor, platform: nil, artifactType: artifactType)
    }

    /// The blobs, each once.
    package var blobs: [(descriptor: Descriptor, blob: any BlobSource)] {
        var seen: Set<Digest> = []
        return ([config] + layers).map { (descriptor: $0.descriptor, blob: MemoryBlob($0.bytes)) }
            .filter { seen.insert($0.descriptor.digest).inserted }
    }
}

extension MediaType {
    /// A config that says nothing: `{}`.
    ///
    /// *Source*: OCI image specification 1.1, manifest.md, Guidance for an Empty Descriptor.
    package static let empty = MediaType(rawValue: "application/vnd.oci.empty.v1+json")
}
