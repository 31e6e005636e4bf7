import ContentStore
import JSON
import OCIImage

/// An image as `mlpack image inspect` shows it.
struct ImageView {
    private let found: InspectedManifest
    private let config: ImageConfig

    /// The view of a manifest and its config.
    init(_ found: InspectedManifest, config: ImageConfig) {
        self.found = found
        self.config = config
    }

    var text: String {
        var rows: [(String, String)] = [
            ("image", found.name), ("digest", found.digest.description), ("platform", config.platform.description),
        ]
        let (manifest, configJSON) = (found.manifest, found.configJSON)
        if let created = configJSON["created"]?.string { rows.append(("created", created)) }
        if let author = configJSON["author"]?.string { rows.append(("author", author)) }
        if !found.names.isEmpty { rows.append(("names", found.names.joined(separator: ", "))) }
        if found.platforms.count > 1 {
            rows.append(("platforms", found.platforms.map(\.description).joined(separator: ", ")))
        }
        if let user = config.user { rows.append(("user", user)) }
        if !config.entrypoint.isEmpty { rows.append(("entrypoint", config.entrypoint.joined(separator: " "))) }
        if !config.command.isEmpty { rows.append(("command", config.command.joined(separator: " "))) }
        if !config.exposedPorts.isEmpty { rows.append(("ports", config.exposedPorts.joined(separator: ", "))) }
        for line in config.environment { rows.append(("environment", line)) }
        for (key, value) in config.labels.sorted(by: { $0.key < $1.key }) { rows.append(("label", "\(key)=\(value)")) }
        rows.append(("layers", found.layerWords))
        var lines = rows.map { $0.0.padded(to: 12) + $0.1 }
        for (index, layer) in manifest.layers.enumerated() {
            let history = config.history.count == manifest.layers.count ? "  " + config.history[index].createdBy : ""
            lines.append(
                "  \(layer.digest.hex.prefix(12))  \(layer.byteCount) bytes  \(layer.mediaType.rawValue)\(history)"
            )
        }
        lines += found.referrerLines
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        var object = found.json
        object["platform"] = .string(config.platform.description)
        object["platforms"] = .array(found.platforms.map { .string($0.description) })
        return .object(object)
    }
}
