package import ContentStore
import Diagnostics
package import JSON

/// A list of manifests: of an image for several platforms, of a layout's contents, of the referrers of something.
///
/// *Source*: OCI image specification 1.1, image-index.md; Docker's manifest list has the same fields.
package struct ImageIndex: Sendable, Hashable {
    /// One manifest of the list.
    package struct Entry: Sendable, Hashable {
        package var descriptor: Descriptor
        package var platform: Platform?
        package var artifactType: String?

        /// An entry.
        package init(descriptor: Descriptor, platform: Platform?, artifactType: String? = nil) {
            self.descriptor = descriptor
            self.platform = platform
            self.artifactType = artifactType
        }

        /// The entry as it stands in an index.
        package var json: JSONValue {
            var object = descriptor.json.object ?? [:]
            if let platform { object["platform"] = platform.json }
            if let artifactType { object["artifactType"] = .string(artifactType) }
            return .object(object)
        }
    }

    /// The names that tools look for in a layout's index.
    package static let referenceNameKey = "org.opencontainers.image.ref.name"
    package static let containerdNameKey = "io.containerd.image.name"

    /// The index as it is stored; its digest names it.
    package let bytes: [UInt8]
    package let mediaType: MediaType
    package let entries: [Entry]

    /// Reads an index.
    ///
    /// *Throws*: `malformed`, and what parsing throws.
    package init(bytes: [UInt8]) throws {
        self.bytes = bytes
        let json = try JSONValue.parse(bytes)
        let fields = Fields(json, in: "index")
        mediaType = json["mediaType"]?.string.map(MediaType.init(rawValue:)) ?? .imageIndex
        guard mediaType.isIndex else {
            throw OCIImageError(.malformed, "the index has another media type, got `\(mediaType.rawValue)`")
        }
        entries = try fields.array("manifests").map { entry in
            Entry(
                descriptor: try Descriptor(entry),
                platform: entry["platform"].flatMap(Platform.init),
                artifactType: entry["artifactType"]?.string
            )
        }
    }

    /// An index of some manifests.
    package init(entries: [Entry], annotations: [String: String] = [:]) {
        var object: JSONObject = [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.imageIndex.rawValue),
            "manifests": .array(entries.map(\.json)),
        ]
        if !annotations.isEmpty { object["annotations"] = annotations.json }
        bytes = JSONValue.object(object).serialized(.canonical)
        mediaType = .imageIndex
        self.entries = entries
    }

    /// The name of the index.
    package var digest: Digest { Digest(of: bytes) }

    /// The index as another one refers to it.
    package var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, byteCount: bytes.count)
    }

    /// The entry for a platform.
    ///
    /// *Throws*: `platform` when there is none, with the platforms that there are.
    package func entry(for platform: Platform) throws(OCIImageError) -> Entry {
        if let exact = entries.first(where: { $0.platform == platform }) { return exact }
        if let match = entries.first(where: { $0.platform?.matches(platform) ?? false }) { return match }
        let platforms = entries.compactMap(\.platform).filter { $0.operatingSystem != "unknown" }
        throw OCIImageError(
            .platform,
            "there is no image for `\(platform)`, it is for "
                + (platforms.isEmpty ? "no platform" : platforms.map { "`\($0)`" }.joined(separator: ", "))
        )
    }
}
