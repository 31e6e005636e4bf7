package import ContentStore
import Diagnostics
package import JSON
package import OCIImage
package import Signing

/// A document about an image: an inventory in either form, or a statement.
package struct Document: Sendable, Hashable {
    /// The forms of documents that have names here.
    package enum Form: String, Sendable, Hashable, CaseIterable {
        case cyclonedx
        case provenance
        case spdx

        /// What statements with such a document say that they hold.
        package var predicateType: String {
            switch self {
            case .cyclonedx: "https://cyclonedx.org/bom"
            case .provenance: Provenance.predicateType
            case .spdx: "https://spdx.dev/Document"
            }
        }
    }

    /// The form; `nil` for statements of other kinds.
    package let form: Form?
    package let predicateType: String
    /// The document; a statement's is its predicate.
    package let content: JSONValue
    /// The digests that the document itself is of; empty when it does not say.
    package let subjects: [Digest]
    /// The statement that the document was read as, with all that it is of.
    private let original: JSONValue?

    private init(_ form: Form, _ content: JSONValue, subjects: [Digest] = []) {
        self.form = form
        predicateType = form.predicateType
        self.content = content
        self.subjects = subjects
        original = nil
    }

    /// An inventory as an SPDX document.
    package static func spdx(_ inventory: Inventory) -> Document {
        Document(.spdx, inventory.spdx.value, subjects: [inventory.subject.digest])
    }

    /// An inventory as a CycloneDX document.
    package static func cycloneDX(_ inventory: Inventory) -> Document {
        Document(.cyclonedx, inventory.cycloneDX.value, subjects: [inventory.subject.digest])
    }

    /// A statement.
    package init(_ statement: Statement) { self.init(statement, readFrom: nil) }

    private init(_ statement: Statement, readFrom json: JSONValue?) {
        original = json
        form = Form.allCases.first { $0.predicateType == statement.predicateType }
        predicateType = statement.predicateType
        content = statement.predicate
        subjects = statement.subjects.map(\.digest)
    }

    /// Reads a document, whose form it tells itself: SPDX 2, CycloneDX, or a statement of in-toto.
    ///
    /// *Throws*: `unsupported` for other forms, and what reading JSON throws.
    package init(parsing bytes: [UInt8]) throws {
        let json = try JSONValue.parse(bytes)
        if json["_type"] != nil {
            self.init(try Statement(json), readFrom: json)
        } else if let version = json["spdxVersion"]?.string, version.hasPrefix("SPDX-2.") {
            self.init(.spdx, json)
        } else if json["bomFormat"]?.string == "CycloneDX" {
            self.init(.cyclonedx, json)
        } else {
            throw SupplyChainError(
                .unsupported,
                "the document is of no form that is known here, expected SPDX 2, CycloneDX or a statement of in-toto"
            )
        }
    }

    /// Reads a document that is attached to an image, in an envelope or not; who signed it is not asked.
    ///
    /// *Throws*: `malformed` and `unsupported`, and what reading JSON throws.
    package init(attached layer: Referrer.Layer) throws {
        let bytes = layer.mediaType == .envelope ? try Envelope(layer.bytes).payload : layer.bytes
        try self.init(parsing: bytes)
    }

    /// Holds what the document says that it is of against an image; an inventory need not say it.
    ///
    /// *Throws*: `digestMismatch` for a statement that does not name the image by its sha256, and for a document that
    /// names another.
    package func check(isOf image: Digest) throws(SupplyChainError) {
        guard !subjects.contains(image), original != nil || !subjects.isEmpty else { return }
        let got = subjects.first.map { "`\($0)`" } ?? "no sha256"
        throw SupplyChainError(.digestMismatch, "the statement is of another image, expected `\(image)`, got \(got)")
    }

    /// The document as it is stored by itself.
    package func bytes(of subject: Inventory.Subject) -> [UInt8] {
        (isStatement ? statement(of: subject) : content).serialized(.canonical)
    }

    /// The document as something that is said of an image; a statement stays as it was read.
    private func statement(of subject: Inventory.Subject) -> JSONValue {
        original ?? Statement(of: subject, predicateType: predicateType, predicate: content).json
    }

    private var isStatement: Bool { original != nil || form != .spdx && form != .cyclonedx }

    /// The type of the document as it is stored by itself.
    package var mediaType: MediaType {
        switch form {
        case .cyclonedx where !isStatement: .cycloneDX
        case .spdx where !isStatement: .spdx
        default: MediaType(rawValue: Statement.mediaType)
        }
    }

    /// Whether a blob of a type is a signature or a document.
    package static func isAttached(_ type: MediaType) -> Bool {
        [.cycloneDX, .envelope, .simpleSigning, .spdx, MediaType(rawValue: Statement.mediaType)].contains(type)
    }

    /// The document by itself, as a referrer of an image.
    package func referrer(of image: Descriptor, named name: String) -> Referrer {
        let bytes = bytes(of: Inventory.Subject(name: name, digest: image.digest))
        return Referrer(
            artifactType: mediaType.rawValue,
            layers: [Referrer.Layer(mediaType: mediaType, bytes: bytes)],
            subject: image
        )
    }

    /// The document in a signed statement, as a referrer of an image.
    ///
    /// *Throws*: what signing throws.
    /// *Source*: cosign's attestations, and their form as referrers.
    package func attestation(
        of image: Descriptor,
        named name: String,
        key: SigningKey
    ) throws(SigningError) -> Referrer {
        let statement = statement(of: Inventory.Subject(name: name, digest: image.digest))
        let envelope = try Envelope(
            payloadType: Statement.mediaType,
            payload: statement.serialized(.canonical),
            key: key
        )
        let layer = Referrer.Layer(
            mediaType: .envelope,
            bytes: envelope.bytes,
            annotations: [CosignForm.signatureKey: "", CosignForm.predicateTypeKey: predicateType]
        )
        return Referrer(artifactType: Statement.mediaType, layers: [layer], subject: image)
    }
}

extension MediaType {
    package static let cycloneDX = MediaType(rawValue: "application/vnd.cyclonedx+json")
    package static let envelope = MediaType(rawValue: Envelope.mediaType)
    package static let simpleSigning = MediaType(rawValue: "application/vnd.dev.cosign.simplesigning.v1+json")
    package static let spdx = MediaType(rawValue: "application/spdx+json")
}
