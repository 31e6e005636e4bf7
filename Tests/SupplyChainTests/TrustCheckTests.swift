import ContentStore
import Diagnostics
import JSON
import OCIImage
import Signing
import SupplyChain
import Testing
import TextFormats

@Suite struct TrustCheckTests {
    private let key: SigningKey
    private let check: TrustCheck
    private let image = Descriptor(mediaType: .imageManifest, digest: Digest(of: Array("image".utf8)), byteCount: 5)
    private let other = Descriptor(mediaType: .imageManifest, digest: Digest(of: Array("other".utf8)), byteCount: 5)
    private let name = "ghcr.io/acme/iris"

    init() throws {
        key = try SigningKey.generate()
        check = TrustCheck(key: try key.publicKey(), named: "cosign.pub", identity: "ghcr.io/acme/iris")
    }

    private func signature(
        _ image: Descriptor,
        identity: String = "ghcr.io/acme/iris",
        by key: SigningKey? = nil
    ) throws -> Referrer {
        let payload = SignaturePayload(identity: identity, digest: image.digest)
        return try CosignForm.signature(payload, of: image, key: key ?? self.key)
    }

    private func message(_ referrers: [Referrer], requiring required: [Document.Form] = []) -> String? {
        do {
            _ = try check.report(referrers, of: image.digest, requiring: required)
            return nil
        } catch { return error.message }
    }

    @Test func `a signature for the image, the name and by the key is what counts`() throws {
        let report = try check.report([signature(image)], of: image.digest)
        #expect(report.signatures == [SignaturePayload(identity: name, digest: image.digest)])
        #expect(report.otherCount == 0)
    }

    @Test func `everything else has an error of its own`() throws {
        #expect(message([]) == "there is no signature of `\(image.digest)`, expected one by `cosign.pub`")
        #expect(
            message([try signature(image, by: .generate())])
                == "the signatures of `\(image.digest)` are by other keys, expected one by `cosign.pub`"
        )
        #expect(
            message([try signature(other)])
                == "the signature is for another image, expected `\(image.digest)`, got `\(other.digest)`"
        )
        #expect(
            message([try signature(image, identity: "ghcr.io/evil/iris")])
                == "the signature is for another name, expected `ghcr.io/acme/iris`, got `ghcr.io/evil/iris`"
        )
    }

    @Test func `what is wrong beside a right signature does not count`() throws {
        let garbage = Referrer(
            artifactType: "x",
            layers: [
                Referrer.Layer(mediaType: .simpleSigning, bytes: [0xFF]),
                Referrer.Layer(mediaType: .envelope, bytes: Array("{".utf8)),
                Referrer.Layer(
                    mediaType: .simpleSigning,
                    bytes: Array("{}".utf8),
                    annotations: [CosignForm.signatureKey: "AAAA"]
                ),
            ],
            subject: image
        )
        let report = try check.report(
            [garbage, signature(other), signature(image, by: .generate()), signature(image)],
            of: image.digest
        )
        #expect(report.signatures.count == 1)
        #expect(report.otherCount == 4)
    }

    @Test func `a payload with a byte changed is by no key`() throws {
        let signed = try signature(image).layers[0]
        for index in signed.bytes.indices {
            var bytes = signed.bytes
            bytes[index] ^= 0x20
            let layer = Referrer.Layer(mediaType: .simpleSigning, bytes: bytes, annotations: signed.annotations)
            let referrer = Referrer(artifactType: CosignForm.signatureType, layers: [layer], subject: image)
            #expect(message([referrer])?.contains("by other keys") == true)
        }
    }

    @Test func `documents have to be attested by the key, of the image`() throws {
        let spdx = Document.spdx(sampleInventory)
        let attested = try spdx.attestation(of: image, named: name, key: key)
        let report = try check.report([signature(image), attested], of: image.digest, requiring: [.spdx])
        #expect(report.attested.map(\.form) == [.spdx])
        #expect(report.attested.first?.content.text == spdx.content.text)
        let missing = "`spdx` is attested by no signature of `cosign.pub`"
        #expect(message([try signature(image)], requiring: [.spdx]) == missing)
        let foreign = try spdx.attestation(of: image, named: name, key: .generate())
        #expect(message([try signature(image), foreign], requiring: [.spdx]) == missing)
        let plain = spdx.referrer(of: image, named: name)
        #expect(message([try signature(image), plain], requiring: [.spdx]) == missing)
        let moved = try spdx.attestation(of: other, named: name, key: key)
        #expect(
            message([try signature(image), moved], requiring: [.spdx])
                == "the attestation `https://spdx.dev/Document` is of another image, expected `\(image.digest)`, "
                + "got `\(other.digest)`"
        )
    }

    @Test func `what the key signed as another type is no attestation`() throws {
        let statement = Statement(
            of: Inventory.Subject(name: name, digest: image.digest),
            predicateType: Document.Form.spdx.predicateType,
            predicate: [:]
        )
        for (type, count) in [(Statement.mediaType, 1), ("application/json", 0), ("", 0)] {
            let payload = statement.json.serialized(.canonical)
            let envelope = try Envelope(payloadType: type, payload: payload, key: key)
            let layer = Referrer.Layer(mediaType: .envelope, bytes: envelope.bytes)
            let referrer = Referrer(artifactType: Statement.mediaType, layers: [layer], subject: image)
            let report = try check.report([signature(image), referrer], of: image.digest)
            #expect(report.attested.count == count && report.otherCount == 1 - count)
        }
    }

    @Test func `the envelope signs the type and the document with their lengths`() throws {
        // The example of the protocol's own page: DSSEv1 29 http://example.com/HelloWorld 11 hello world
        let type = "http://example.com/HelloWorld"
        let envelope = try Envelope(payloadType: type, payload: Array("hello world".utf8), key: key)
        let signature = try JSONValue.parse(envelope.bytes)["signatures"]?.array?.first?["sig"]?.string
        let bytes = try #require(signature.flatMap { base64Decoded($0) })
        let signed = Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8)
        #expect(try key.publicKey().isSignature(bytes, of: signed))
        #expect(try Envelope(envelope.bytes) == envelope)
    }

    @Test func `a referrer is read back from its manifest, and held against it`() throws {
        let referrer = try signature(image)
        let blobs = Dictionary(
            uniqueKeysWithValues: ([referrer.config] + referrer.layers).map { ($0.descriptor.digest, $0.bytes) }
        )
        let again = try Referrer(manifestBytes: referrer.manifestBytes) { blobs[$0.digest] ?? [] }
        #expect(again.digest == referrer.digest)
        #expect(again.layers == referrer.layers)
        #expect(again.subject?.digest == image.digest)
        #expect(again.artifactType == "application/vnd.dev.cosign.artifact.sig.v1+json")
        let error = #expect(throws: OCIImageError.self) {
            try Referrer(manifestBytes: referrer.manifestBytes) { _ in [0] }
        }
        #expect(error?.code == .digestMismatch)
    }
}
