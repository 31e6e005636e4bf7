import ContentStore
import Diagnostics
import JSON
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
}
