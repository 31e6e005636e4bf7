import Diagnostics
import JSON
package import Signing
import TextFormats

/// A document with its signatures around it.
///
/// *Source*: Dead Simple Signing Envelope 1.0.
package struct Envelope: Sendable, Hashable {
    /// The media type of an envelope.
    package static let mediaType = "application/vnd.dsse.envelope.v1+json"

    package let payloadType: String
    package let payload: [UInt8]
    private let signatures: [[UInt8]]

    /// Signs a document.
    ///
    /// *Throws*: what signing throws.
    package init(payloadType: String, payload: [UInt8], key: SigningKey) throws(SigningError) {
        self.payloadType = payloadType
        self.payload = payload
        signatures = [try key.signature(of: Self.encoded(payloadType, payload))]
    }

    /// Reads an envelope.
    ///
    /// *Throws*: `malformed`.
    package init(_ bytes: [UInt8]) throws(SupplyChainError) {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch {
            throw SupplyChainError(.malformed, "the envelope is no JSON", cause: error)
        }
        guard let type = json["payloadType"]?.string,
            let payload = json["payload"]?.string.flatMap({ base64Decoded($0) }),
            let signatures = json["signatures"]?.array
        else {
            throw SupplyChainError(
                .malformed,
                "the envelope has another form, expected `payloadType`, `payload` in base64 and `signatures`"
            )
        }
        payloadType = type
        self.payload = payload
        self.signatures = signatures.prefix(64).compactMap { $0["sig"]?.string.flatMap { base64Decoded($0) } }
    }

    /// Whether one of the signatures is by a key.
    package func isSigned(by key: VerificationKey) -> Bool {
        let bytes = Self.encoded(payloadType, payload)
        return signatures.contains { key.isSignature($0, of: bytes) }
    }

    /// The envelope as it is stored.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "payloadType": .string(payloadType),
            "payload": .string(base64(payload)),
            "signatures": .array(signatures.map { ["keyid": "", "sig": .string(base64($0))] }),
        ]
        return json.serialized()
    }

    /// What a signature is over: the type and the document with their lengths.
    static func encoded(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }
}
