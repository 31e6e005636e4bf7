import ContentStore
import JSON
import OCIImage

/// A ModelPack artifact as `mlpack image inspect` shows it.
///
/// *Source*: github.com/modelpack/model-spec, docs/config.md.
struct ArtifactView {
    private let found: InspectedManifest

    /// The view of a manifest and its config.
    init(_ found: InspectedManifest) { self.found = found }

    var text: String {
        var rows: [(String, String)] = [
            ("artifact", found.name), ("digest", found.digest.description),
            ("type", found.manifest.artifactType ?? found.manifest.config.mediaType.rawValue),
        ]
        if !found.names.isEmpty { rows.append(("names", found.names.joined(separator: ", "))) }
        for part in ["descriptor", "config"] {
            for member in found.configJSON[part]?.object?.members ?? [] where !member.value.isNull {
                let words =
                    member.value.string ?? String(decoding: member.value.serialized(.canonical), as: UTF8.self)
                rows.append((member.key, words))
            }
        }
        rows.append(("layers", found.layerWords))
        var lines = rows.map { $0.0.padded(to: 12) + $0.1 }
        lines += found.manifest.layers.map { layer in
            "  \(layer.digest.hex.prefix(12))  \(layer.byteCount) bytes  \(layer.mediaType.rawValue)"
                + (ModelPack.path(of: layer).map { "  \($0)" } ?? "")
        }
        return (lines + found.referrerLines).joined(separator: "\n")
    }

    var json: JSONValue {
        var object = found.json
        object["artifactType"] = found.manifest.artifactType.map { .string($0) } ?? .null
        return .object(object)
    }
}
