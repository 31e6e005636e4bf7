import Diagnostics
package import JSON

/// The list of an image's parts: its config and its layers, bottom first.
///
/// *Source*: OCI image specification 1.1, manifest.md.
package struct ImageManifest: Sendable, Hashable {
    package var config: Descriptor
    package var layers: [Descriptor]
    package var annotations: [String: String]

    /// A manifest of parts.
    package init(config: Descriptor, layers: [Descriptor], annotations: [String: String] = [:]) {
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }

    /// Reads a manifest.
    ///
    /// *Throws*: `malformed`, and `mediaType` for parts that are not read here.
    package init(_ json: JSONValue) throws(OCIImageError) {
        let fields = Fields(json, in: "manifest")
        guard fields["schemaVersion"]?.number?.int64 == 2 else {
            throw OCIImageError(.malformed, "`schemaVersion` of the manifest is another, expected 2")
        }
        var layers: [Descriptor] = []
        for layer in try fields.array("layers") { layers.append(try Descriptor(layer)) }
        self.init(
            config: try Descriptor(fields["config"] ?? .null),
            layers: layers,
            annotations: try fields.strings("annotations")
        )
    }

    /// The manifest as it is stored.
    package var json: JSONValue {
        var object: JSONObject = [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": config.json,
            "layers": .array(layers.map(\.json)),
        ]
        if !annotations.isEmpty { object["annotations"] = annotations.json }
        return .object(object)
    }
}
