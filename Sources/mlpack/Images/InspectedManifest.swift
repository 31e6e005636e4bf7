import ContentStore
import JSON
import OCIImage

/// A manifest with its config and where it is known: what `mlpack image inspect` looks at.
struct InspectedManifest {
    var name: String
    var digest: Digest
    var manifest: ImageManifest
    var configJSON: JSONValue
    var names: [String]
    var platforms: [Platform] = []
    var referrers: [ImageIndex.Entry] = []

    /// How many layers there are, and how large they are together.
    var layerWords: String {
        let total = manifest.layers.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }
        return "\(manifest.layers.count), \(total) bytes"
    }

    /// A line for each signature and document.
    var referrerLines: [String] {
        referrers.map { "referrer".padded(to: 12) + "\($0.descriptor.digest)  \($0.artifactType ?? "")" }
    }

    /// What is shown of every kind of manifest.
    var json: JSONObject {
        [
            "name": .string(name),
            "digest": .string(digest.description),
            "names": .array(names.map { .string($0) }),
            "manifest": manifest.json,
            "config": configJSON,
            "referrers": .array(referrers.map(\.json)),
        ]
    }
}

extension String {
    /// The text, filled up with blanks to a width, with one at least.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
