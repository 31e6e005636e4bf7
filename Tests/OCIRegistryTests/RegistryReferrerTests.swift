import ContentStore
import Diagnostics
import Downloads
import Foundation
import JSON
import OCIImage
import OCIRegistry
import TestSupport
import Testing

/// Signatures and documents in a registry, with a list of referrers and without.
@Suite struct RegistryReferrerTests {
    private let folder: TemporaryFolder
    private let store: ContentStore
    private let image = Image(config: ImageConfig(), layers: [])

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    private func client(_ server: FaultyRegistry) throws -> RepositoryClient {
        var options = Registry.Options()
        let file = folder.file("auth.json")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
        options.credentials = CredentialFiles(environment: ["REGISTRY_AUTH_FILE": file])
        options.retries = RetryPolicy(attemptCount: 2, firstDelay: 0.01)
        let connection = try HTTPConnection()
        let registry = try Registry.connect(to: server.address, options: options, over: connection)
        return try RepositoryClient(registry, repository: "iris", .push, over: connection)
    }

    private func referrer(_ text: String, type: String = "text/plain") -> Referrer {
        let layer = Referrer.Layer(mediaType: MediaType(rawValue: type), bytes: Array(text.utf8))
        return Referrer(artifactType: "application/x.test", layers: [layer], subject: image.descriptor)
    }

    private func isText(_ type: MediaType) -> Bool { type.rawValue == "text/plain" }

    @Test(arguments: ["", "referrers"]) func `referrers come back as they went, others are left out`(fault: String)
        throws
    {
        guard let server = try FaultyRegistry(fault) else { return }
        let client = try client(server)
        #expect(try client.referrers(of: image.digest, in: store, where: isText).isEmpty)
        let referrers = [referrer("one"), referrer("two"), referrer("three", type: "application/x.model")]
        for referrer in referrers + referrers.prefix(1) { try client.push(referrer, store: store) }
        let fresh = try ContentStore(root: folder.file("fresh"))
        let found = try client.referrers(of: image.digest, in: fresh, where: isText)
        #expect(Set(found.map(\.digest)) == Set(referrers.prefix(2).map(\.digest)))
        #expect(Set(found.flatMap(\.layers)) == Set(referrers.prefix(2).flatMap(\.layers)))
        // The third was told by its manifest alone.
        #expect(fresh.byteCount(of: referrers[2].layers[0].descriptor.digest) == nil)
    }

    @Test func `a referrer of something else in the list is an error`() throws {
        guard let server = try FaultyRegistry() else { return }
        let client = try client(server)
        try client.push(referrer("one"), store: store)
        let other = Digest(of: Array("other".utf8))
        let index: JSONValue = ["schemaVersion": 2, "manifests": [referrer("one").entry.json]]
        let stored = StoredManifest(bytes: index.serialized(), mediaType: .imageIndex)
        try client.put(stored, as: .tag("sha256-\(other.hex)"))
        let error = #expect(throws: RegistryError.self) {
            try client.referrers(of: other, in: store, where: isText)
        }
        #expect(
            error?.message
                == "the referrer is listed for another subject than its own, expected `\(other)`, got `\(image.digest)`"
        )
    }

    @Test(arguments: ["lie-blob", "long-blob", "short-blob", "lie-manifest"])
    func `bytes that are others are an error`(fault: String) throws {
        guard let server = try FaultyRegistry("referrers") else { return }
        let client = try client(server)
        try client.push(referrer("one"), store: store)
        try server.set("referrers", fault)
        let fresh = try ContentStore(root: folder.file("fresh"))
        #expect(throws: (any Error).self) { try client.referrers(of: image.digest, in: fresh, where: isText) }
        #expect(fresh.byteCount(of: referrer("one").layers[0].descriptor.digest) == nil)
    }
}
