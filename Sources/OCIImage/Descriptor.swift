package import ContentStore
import Diagnostics
package import JSON

/// A blob as others refer to it: its type, digest and size.
///
/// *Source*: OCI image specification 1.1, descriptor.md.
package struct Descriptor: Sendable, Hashable {
    package var mediaType: MediaType
    package var digest: Digest
    package var byteCount: Int
    package var annotations: [String: String]

    /// A reference to a blob.
    package init(mediaType: MediaType, digest: Digest, byteCount: Int, annotations: [String: String] = [:]) {
        self.mediaType = mediaType
        self.digest = digest
        self.byteCount = byteCount
        self.annotations = annotations
    }

    /// The size that a blob may have, in bytes: 1 PiB, far above what a registry takes, and small enough to be added up.
    package static let byteCountLimit = 1 << 50

    /// Reads a descriptor.
    ///
    /// *Throws*: `malformed`, also for a size above `byteCountLimit`.
    package init(_ json: JSONValue) throws(OCIImageError) {
        let fields = Fields(json, in: "descriptor")
        self.init(
            mediaType: MediaType(rawValue: try fields.string("mediaType")),
            digest: try fields.digest("digest"),
            byteCount: try fields.count("size"),
            annotations: try fields.strings("annotations")
        )
        guard byteCount <= Self.byteCountLimit else {
            throw OCIImageError(
                .malformed,
                "`size` of the descriptor is too large, expected at most \(Self.byteCountLimit), got \(byteCount)"
            )
        }
    }

    /// The descriptor as it stands in manifests and indexes.
    package var json: JSONValue {
        var object: JSONObject = [
            "mediaType": .string(mediaType.rawValue),
            "digest": .string(digest.description),
            "size": .number(JSONNumber(byteCount)),
        ]
        if !annotations.isEmpty { object["annotations"] = annotations.json }
        return .object(object)
    }
}
