package import ContentStore
import Diagnostics
import JSON
package import OCIImage
package import Signing
import TextFormats

/// How cosign keeps signatures and attestations beside an image.
///
/// *Source*: cosign 2 and 3: under tags made of the image's digest, and as referrers with `--registry-referrers-mode=oci-1-1`.
package enum CosignForm {
    package static let signatureKey = "dev.cosignproject.cosign/signature"
    package static let predicateTypeKey = "predicateType"
    package static let signatureType = "application/vnd.dev.cosign.artifact.sig.v1+json"

    /// A signature of an image, as its referrer.
    ///
    /// *Throws*: what signing throws.
    package static func signature(
        _ payload: SignaturePayload,
        of image: Descriptor,
        key: SigningKey
    ) throws(SigningError) -> Referrer {
        let bytes = payload.bytes
        let layer = Referrer.Layer(
            mediaType: .simpleSigning,
            bytes: bytes,
            annotations: [signatureKey: base64(try key.signature(of: bytes))]
        )
        return signature(layer, of: image)
    }

    /// The tag under which cosign looks for a referrer of an image; `nil` when it does not look for such.
    package static func tag(of referrer: Referrer, for image: Digest) -> String? {
        guard let first = referrer.layers.first?.mediaType else { return nil }
        switch first {
        case .simpleSigning: return tags(for: image)[0]
        case .envelope: return tags(for: image)[1]
        default: return nil
        }
    }

    /// The tags of the signatures and of the attestations of an image.
    package static func tags(for image: Digest) -> [String] { ["sig", "att"].map { "sha256-\(image.hex).\($0)" } }

    /// The signatures and attestations under a tag as referrers of the image, one each.
    package static func referrers(_ tagged: Referrer, of image: Descriptor) -> [Referrer] {
        tagged.layers.compactMap { layer in
            switch layer.mediaType {
            case .simpleSigning: signature(layer, of: image)
            case .envelope: Referrer(artifactType: Statement.mediaType, layers: [layer], subject: image)
            default: nil
            }
        }
    }

    private static func signature(_ layer: Referrer.Layer, of image: Descriptor) -> Referrer {
        Referrer(
            artifactType: signatureType,
            config: config(of: [layer], mediaType: MediaType(rawValue: signatureType)),
            layers: [layer],
            subject: image
        )
    }

    /// What stands under a tag: an image whose layers are the signatures or the attestations.
    package static func tagged(_ layers: [Referrer.Layer]) -> Referrer {
        Referrer(artifactType: nil, config: config(of: layers, mediaType: .imageConfig), layers: layers, subject: nil)
    }

    /// The config of an image that runs nowhere.
    private static func config(of layers: [Referrer.Layer], mediaType: MediaType) -> Referrer.Layer {
        let none = "0001-01-01T00:00:00Z"
        let json: JSONValue = [
            "architecture": "",
            "created": .string(none),
            "history": .array(layers.map { _ in ["created": .string(none)] }),
            "os": "",
            "rootfs": [
                "type": "layers", "diff_ids": .array(layers.map { .string($0.descriptor.digest.description) }),
            ],
            "config": [:],
        ]
        return Referrer.Layer(mediaType: mediaType, bytes: json.serialized())
    }
}
