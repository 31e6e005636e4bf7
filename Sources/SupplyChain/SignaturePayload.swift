package import ContentStore
import Diagnostics
import JSON

/// What a signature of an image is over: the name and the digest of the image.
///
/// *Source*: Red Hat's simple signing format, with the `type` that cosign writes.
package struct SignaturePayload: Sendable, Hashable {
    private static let type = "cosign container image signature"

    /// The repository that the image was signed for: `ghcr.io/acme/iris`.
    package var identity: String
    /// The digest of the manifest.
    package var digest: Digest

    /// A payload for an image.
    package init(identity: String, digest: Digest) {
        self.identity = identity
        self.digest = digest
    }

    /// Reads a payload.
    ///
    /// *Throws*: `malformed`.
    package init(_ bytes: [UInt8]) throws(SupplyChainError) {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes, limits: JSONLimits(depth: 32, byteCount: 1 << 20)) } catch {
            throw SupplyChainError(.malformed, "the payload of the signature is no JSON", cause: error)
        }
        let critical = json["critical"]
        guard let type = critical?["type"]?.string, type == Self.type else {
            let got = critical?["type"]?.string ?? "nothing"
            throw SupplyChainError(
                .malformed,
                "the payload of the signature has another type, expected `\(Self.type)`, got `\(got)`"
            )
        }
        guard let text = critical?["image"]?["docker-manifest-digest"]?.string,
            let digest = try? Digest(parsing: text)
        else {
            throw SupplyChainError(.malformed, "the payload of the signature names no digest of sha256")
        }
        identity = critical?["identity"]?["docker-reference"]?.string ?? ""
        self.digest = digest
    }

    /// The payload as it is signed.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "critical": [
                "identity": ["docker-reference": .string(identity)],
                "image": ["docker-manifest-digest": .string(digest.description)],
                "type": .string(Self.type),
            ],
            "optional": nil,
        ]
        return json.serialized()
    }
}
