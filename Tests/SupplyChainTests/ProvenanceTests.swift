import ContentStore
import Diagnostics
import JSON
import OCIImage
import Signing
import SupplyChain
import Testing

@Suite struct ProvenanceTests {
    @Test func `it says what went in by digests, and neither where nor when`() {
        let statement = sampleProvenance.statement(of: sampleInventory).json
        #expect(statement["_type"] == "https://in-toto.io/Statement/v1")
        #expect(statement["subject"]?.array?.first?["digest"]?["sha256"]?.string == sampleInventory.subject.digest.hex)
        let definition = statement["predicate"]?["buildDefinition"]
        #expect(definition?["buildType"] == "https://mlpack.dev/provenance/image-build/v1")
        #expect(definition?["externalParameters"]?["tags"] == ["ghcr.io/acme/iris:1", "ghcr.io/acme/iris:latest"])
        let taken = definition?["resolvedDependencies"]?.array ?? []
        #expect(taken.first?["name"] == "docker.io/library/debian")
        // Two parts of the sample have no digest.
        #expect(taken.count == sampleInventory.components.count - 2 + 1)
        #expect(statement["predicate"]?["runDetails"]?["metadata"] == nil)
        #expect(statement["predicate"]?["runDetails"]?["builder"]?["version"]?["mlpack"]?.string == mlpackVersion)
    }

    @Test func `the order of names and parts changes nothing`() {
        var provenance = sampleProvenance
        provenance.tags.reverse()
        var inventory = sampleInventory
        inventory.components.reverse()
        #expect(
            provenance.statement(of: inventory).json.text == sampleProvenance.statement(of: sampleInventory).json.text
        )
    }

    @Test func `a statement reads back, also in the earlier form`() throws {
        let statement = sampleProvenance.statement(of: sampleInventory)
        #expect(try Statement(statement.json) == statement)
        var object = try #require(statement.json.object)
        object["_type"] = "https://in-toto.io/Statement/v0.1"
        #expect(try Statement(.object(object)) == statement)
        object["_type"] = "https://in-toto.io/Statement/v9"
        let error = #expect(throws: SupplyChainError.self) { try Statement(.object(object)) }
        #expect(
            error?.message
                == "the document is no statement of in-toto, expected the `_type` `https://in-toto.io/Statement/v1`"
        )
    }

    private func document(_ subjects: String) throws -> Document {
        let text = """
            {"_type": "https://in-toto.io/Statement/v0.1", "subject": [\(subjects)],
             "predicateType": "https://example.org/p", "predicate": {}}
            """
        return try Document(parsing: Array(text.utf8))
    }

    @Test func `a statement is attached to an image that it names, with all that it names`() throws {
        let image = Digest(of: Array("image".utf8))
        let descriptor = Descriptor(mediaType: .imageManifest, digest: image, byteCount: 5)
        let file = #"{"digest":{"sha512":"00"},"name":"file"}"#
        let subjects = #"{"digest":{"sha256":"\#(image.hex)","sha512":"01"},"name":"other"},"# + file
        let statement = try document(subjects)
        try statement.check(isOf: image)
        let plain = statement.referrer(of: descriptor, named: "iris").layers[0].bytes
        let signed = try statement.attestation(of: descriptor, named: "iris", key: .generate()).layers[0].bytes
        for bytes in [plain, try Envelope(signed).payload] {
            let json = try JSONValue.parse(bytes)
            #expect(json["subject"]?.text == "[\(subjects)]")
            #expect(json["_type"]?.string == "https://in-toto.io/Statement/v0.1")
        }
        let foreign = Digest(of: Array("other".utf8))
        for (subjects, got) in [
            (file, "no sha256"), ("", "no sha256"),
            (#"{"digest": {"sha256": "\#(foreign.hex)"}}"#, "`\(foreign)`"),
        ] {
            let error = #expect(throws: SupplyChainError.self) { try document(subjects).check(isOf: image) }
            #expect(error?.message == "the statement is of another image, expected `\(image)`, got \(got)")
        }
        try Document(parsing: Array(#"{"spdxVersion": "SPDX-2.3"}"#.utf8)).check(isOf: image)
    }
}
