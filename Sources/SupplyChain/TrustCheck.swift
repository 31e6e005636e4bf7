package import ContentStore
import Diagnostics
import JSON
package import OCIImage
package import Signing
import TextFormats

/// Holds what is beside an image against a key.
package struct TrustCheck: Sendable {
    /// What was found.
    package struct Report: Sendable, Hashable {
        /// The signatures by the key, each once.
        package var signatures: [SignaturePayload] = []
        /// The documents that the key signed.
        package var attested: [Document] = []
        /// How many signatures and attestations are by other keys.
        package var otherCount = 0
        /// The media types of documents that nobody signed.
        package var unsigned: [String] = []
    }

    private let key: VerificationKey
    private let keyName: String
    private let identity: String?

    /// A check against a key.
    ///
    /// *Parameter* identity: the repository that signatures have to be for; without it any.
    package init(key: VerificationKey, named keyName: String, identity: String? = nil) {
        self.key = key
        self.keyName = keyName
        self.identity = identity
    }

    /// Looks through the referrers of an image, whose bytes were held against their digests.
    ///
    /// *Parameter* required: what has to be attested by the key.
    /// *Throws*: `unsigned`, `otherKey`, `digestMismatch`, `identityMismatch`, `documentMissing`, `malformed`.
    package func report(
        _ referrers: [Referrer],
        of image: Digest,
        requiring required: [Document.Form] = []
    ) throws(SupplyChainError) -> Report {
        var report = Report()
        // Anybody may attach what is wrong: it counts only where nothing right is found.
        var failures: (signature: SupplyChainError?, attestation: SupplyChainError?)
        var seen: Set<Referrer.Layer> = []
        for layer in referrers.flatMap(\.layers) where seen.insert(layer).inserted {
            switch layer.mediaType {
            case .simpleSigning:
                do {
                    guard let payload = try signature(layer, of: image) else {
                        report.otherCount += 1
                        continue
                    }
                    if !report.signatures.contains(payload) { report.signatures.append(payload) }
                } catch { failures.signature = failures.signature ?? error }
            case .envelope:
                do {
                    guard let document = try attestation(layer, of: image) else {
                        report.otherCount += 1
                        continue
                    }
                    report.attested.append(document)
                } catch { failures.attestation = failures.attestation ?? error }
            case .cycloneDX, .spdx, MediaType(rawValue: Statement.mediaType):
                report.unsigned.append(layer.mediaType.rawValue)
            default: continue
            }
        }
        if report.signatures.isEmpty { throw failures.signature ?? missing(report, image) }
        for form in required where !report.attested.contains(where: { $0.form == form }) {
            throw failures.attestation ?? missing(form)
        }
        return report
    }

    private func missing(_ form: Document.Form) -> SupplyChainError {
        SupplyChainError(
            .documentMissing,
            "`\(form.rawValue)` is attested by no signature of `\(keyName)`",
            hint: "`mlpack image attest` attaches it"
        )
    }

    private func missing(_ report: Report, _ image: Digest) -> SupplyChainError {
        guard report.otherCount == 0 else {
            return SupplyChainError(
                .otherKey,
                "the signatures of `\(image)` are by other keys, expected one by `\(keyName)`"
            )
        }
        return SupplyChainError(
            .unsigned,
            "there is no signature of `\(image)`, expected one by `\(keyName)`",
            hint: "signatures stay behind when an image is copied without its referrers"
        )
    }

    /// The payload of a signature by the key; `nil` when it is by another.
    private func signature(
        _ layer: Referrer.Layer,
        of image: Digest
    ) throws(SupplyChainError) -> SignaturePayload? {
        guard let signature = layer.annotations[CosignForm.signatureKey].flatMap({ base64Decoded($0) }),
            key.isSignature(signature, of: layer.bytes)
        else { return nil }
        let payload = try SignaturePayload(layer.bytes)
        guard payload.digest == image else {
            throw SupplyChainError(
                .digestMismatch,
                "the signature is for another image, expected `\(image)`, got `\(payload.digest)`"
            )
        }
        if let identity, payload.identity != identity {
            throw SupplyChainError(
                .identityMismatch,
                "the signature is for another name, expected `\(identity)`, got `\(payload.identity)`",
                hint: "`--identity \(payload.identity)` takes it, such as for a copy in another registry"
            )
        }
        return payload
    }

    /// The document of an attestation by the key; `nil` when it is by another, or its payload no statement by its type.
    private func attestation(
        _ layer: Referrer.Layer,
        of image: Digest
    ) throws(SupplyChainError) -> Document? {
        guard let envelope = try? Envelope(layer.bytes), envelope.payloadType == Statement.mediaType,
            envelope.isSigned(by: key)
        else { return nil }
        let json: JSONValue
        do { json = try JSONValue.parse(envelope.payload) } catch {
            throw SupplyChainError(.malformed, "the payload of an attestation is no JSON", cause: error)
        }
        let statement = try Statement(json)
        guard statement.subjects.contains(where: { $0.digest == image }) else {
            let got = statement.subjects.first.map { "`\($0.digest)`" } ?? "none"
            throw SupplyChainError(
                .digestMismatch,
                "the attestation `\(statement.predicateType)` is of another image, expected `\(image)`, got \(got)"
            )
        }
        return Document(statement)
    }
}
