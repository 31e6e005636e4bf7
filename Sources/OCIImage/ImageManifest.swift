import Diagnostics
package import JSON

/// The size that a manifest, an index or a config may have.
///
/// *Source*: OCI distribution specification 1.1, Pushing Manifests: registries are to take at least 4 MiB.
package let manifestByteLimit = 4 << 20

/// The list of an image's parts: its config and its layers, bottom first.
///
/// *Source*: OCI image specification 1.1, manifest.md.
package struct ImageManifest: Sendable, Hashable {
    /// The type of the manifest itself: OCI's, or Docker's.
    package var mediaType: MediaType
    package var config: Descriptor
    package var layers: [Descriptor]
    package var annotations: [String: String]
    /// What an artifact is that is no image.
    package var artifactType: String?

    /// A manifest of parts.
    package init(
        mediaType: MediaType = .imageManifest,
        config: Descriptor,
        layers: [Descriptor],
        annotations: [String: String] = [:],
        artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
        self.annotations = annotations
        self.artifactType = artifactType
    }

    /// Reads a manifest.
    ///
    /// *Throws*: `malformed`, and `mediaType` for a manifest of another type.
    package init(_ json: JSONValue) throws(OCIImageError) {
        let fields = Fields(json, in: "manifest")
        guard fields["schemaVersion"]?.number?.int64 == 2 else {
            throw OCIImageError(.malformed, "`schemaVersion` of the manifest is another, expected 2")
        }
        let mediaType =
            fields["mediaType"] == nil ? .imageManifest : MediaType(rawValue: try fields.string("mediaType"))
        guard mediaType.isManifest else {
            throw OCIImageError(.mediaType, "media type `\(mediaType.rawValue)` is not read here")
        }
        var layers: [Descriptor] = []
        for layer in try fields.array("layers") { layers.append(try Descriptor(layer)) }
        self.init(
            mediaType: mediaType,
            config: try Descriptor(fields["config"] ?? .null),
            layers: layers,
            annotations: try fields.strings("annotations"),
            artifactType: fields["artifactType"]?.string
        )
    }

    /// Reads a manifest.
    ///
    /// *Throws*: as the other initializer, and what parsing throws.
    package init(parsing bytes: [UInt8]) throws { try self.init(JSONValue.parse(bytes)) }

    /// The manifest as it is stored.
    package var json: JSONValue {
        var object: JSONObject = [
            "schemaVersion": 2,
            "mediaType": .string(mediaType.rawValue),
            "config": config.json,
            "layers": .array(layers.map(\.json)),
        ]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        if !annotations.isEmpty { object["annotations"] = annotations.json }
        return .object(object)
    }
}
