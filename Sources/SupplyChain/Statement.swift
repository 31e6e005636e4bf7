package import ContentStore
import Diagnostics
package import JSON

/// What somebody says of an image: an inventory, how it was built, or anything else.
///
/// *Source*: in-toto Attestation Framework, Statement v1.
package struct Statement: Sendable, Hashable {
    /// The media type of a statement.
    package static let mediaType = "application/vnd.in-toto+json"
    static let type = "https://in-toto.io/Statement/v1"
    /// The earlier form, which cosign still writes.
    static let types = [type, "https://in-toto.io/Statement/v0.1"]

    /// What is said: `https://slsa.dev/provenance/v1`.
    package var predicateType: String
    package var predicate: JSONValue
    /// What it is said of; without things whose digest is no sha256.
    package var subjects: [Subject]

    /// A thing by its name and digest.
    package struct Subject: Sendable, Hashable {
        package var name: String
        package var digest: Digest
    }

    /// A statement of one image.
    package init(of subject: Inventory.Subject, predicateType: String, predicate: JSONValue) {
        subjects = [Subject(name: subject.name, digest: subject.digest)]
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// Reads a statement.
    ///
    /// *Throws*: `malformed`.
    package init(_ json: JSONValue) throws(SupplyChainError) {
        guard let type = json["_type"]?.string, Self.types.contains(type) else {
            throw SupplyChainError(
                .malformed,
                "the document is no statement of in-toto, expected the `_type` `\(Self.type)`"
            )
        }
        guard let predicateType = json["predicateType"]?.string, let subjects = json["subject"]?.array else {
            throw SupplyChainError(.malformed, "`predicateType` or `subject` of the statement is missing")
        }
        self.predicateType = predicateType
        predicate = json["predicate"] ?? nil
        self.subjects = subjects.compactMap { subject in
            subject["digest"]?["sha256"]?.string.flatMap { Digest(hex: $0) }
                .map { Subject(name: subject["name"]?.string ?? "", digest: $0) }
        }
    }

    /// The statement as it is stored.
    package var json: JSONValue {
        [
            "_type": .string(Self.type),
            "subject": .array(
                subjects.map { ["name": .string($0.name), "digest": ["sha256": .string($0.digest.hex)]] }
            ),
            "predicateType": .string(predicateType),
            "predicate": predicate,
        ]
    }
}
