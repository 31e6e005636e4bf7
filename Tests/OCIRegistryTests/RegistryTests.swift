import ContentStore
import Diagnostics
import Downloads
import Foundation
import JSON
import OCIImage
import OCIRegistry
import TestSupport
import Testing

/// The client against a registry that breaks.
@Suite struct RegistryTests {
    private let folder: TemporaryFolder
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    /// A layer of bytes, which need not be a tar for a registry.
    private func layer(_ byte: UInt8, _ count: Int) -> ImageLayer {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) ^ byte }
        let digest = Digest(of: bytes)
        return ImageLayer(
            descriptor: Descriptor(mediaType: .layer, digest: digest, byteCount: count),
            diffID: digest,
            history: ImageConfig.History(createdBy: "layer \(byte)"),
            blob: MemoryBlob(bytes)
        )
    }

    private func image(_ byte: UInt8 = 1) -> Image {
        Image(config: ImageConfig(), layers: [layer(byte, 900_000), layer(byte &+ 1, 5000)])
    }

    private func connect(_ server: FaultyRegistry, auth: String? = nil, attemptCount: Int = 5) throws -> Registry {
        let file = folder.file("auth.json")
        try Data((auth ?? "{}").utf8).write(to: URL(fileURLWithPath: file))
        var options = Registry.Options()
        options.credentials = CredentialFiles(environment: ["REGISTRY_AUTH_FILE": file])
        options.retries = RetryPolicy(attemptCount: attemptCount, firstDelay: 0.01)
        options.chunkByteCount = 100_000
        return try Registry.connect(to: server.address, options: options, over: HTTPConnection())
    }

    private func push(_ image: Image, _ registry: Registry, _ repository: String = "iris") throws -> ImagePush.Report {
        try ImagePush(registry, repository: repository, store: store).run(PlatformImages(image), tags: ["1"])
    }

    private func pull(_ registry: Registry, _ reference: ManifestReference = .tag("1")) throws -> ImagePull.Result {
        let fresh = try ContentStore(root: folder.file("store-\(UInt32.random(in: 0 ... .max))"))
        return try ImagePull(registry, repository: "iris", store: fresh).run(reference, platform: .ofThisMachine)
    }

    private let login = #"{"auths": {"127.0.0.1": {"auth": "eDp5"}, "HOST": {"auth": "YWRhOnNlY3JldC13b3Jk"}}}"#

    @Test(
        arguments: [
            "", "busy=3,0", "broken=3", "cut-put=3", "lose=1", "range=2", "forget=1", "no-chunks", "chunk-min=400000",
            "no-mount", "referrers", "unseen",
        ]
    )
    func `what is pushed is pulled, whatever breaks on the way`(fault: String) throws {
        guard let server = try FaultyRegistry(fault) else { return }
        let registry = try connect(server)
        let report = try push(image(), registry)
        #expect(report.counts == [.uploaded: 3])
        let pulled = try pull(registry).images.image(for: .ofThisMachine)
        #expect(pulled.digest == image().digest)
        try pulled.validate { _, blob in blob }
    }

    @Test func `what the store has is fetched too when the registry is to be looked at`() throws {
        guard let server = try FaultyRegistry() else { return }
        let registry = try connect(server, attemptCount: 1)
        _ = try push(image(), registry)
        var pull = ImagePull(registry, repository: "iris", store: try ContentStore(root: folder.file("warm")))
        #expect(try pull.run(.tag("1"), platform: nil).fetchedCount == 3)
        try server.set("lie-blob")
        #expect(try pull.run(.digest(image().digest), platform: nil).fetchedCount == 0)
        pull.fetchesAnew = true
        let error = #expect(throws: RegistryError.self) { try pull.run(.digest(image().digest), platform: nil) }
        #expect(error?.code == .digestMismatch)
        try server.set()
        #expect(try pull.run(.digest(image().digest), platform: nil).fetchedCount == 3)
    }

    @Test func `an unchanged push asks for the manifest alone`() throws {
        guard let server = try FaultyRegistry() else { return }
        let registry = try connect(server)
        _ = try push(image(), registry)
        let count = server.requests.count
        #expect(try push(image(), registry).changedTags == [])
        #expect(server.requests[count...] == ["HEAD /v2/iris/manifests/1 200 0"])
    }

    @Test func `an index of very many manifests is not pulled whole`() throws {
        guard let server = try FaultyRegistry() else { return }
        let pull = ImagePull(try connect(server), repository: "iris", store: store)
        func error(_ descriptors: [Descriptor]) throws -> RegistryError? {
            let index = ImageIndex(entries: descriptors.map { ImageIndex.Entry(descriptor: $0, platform: nil) })
            let digest = try store.add(index.bytes)
            return #expect(throws: RegistryError.self) { try pull.run(.digest(digest), platform: nil) }
        }
        let many = try error(Array(repeating: image().descriptor, count: 1001))
        #expect(many?.message == "the index has too many manifests, expected at most 1000, got 1001")
        let large = Image(config: ImageConfig(), layers: [], annotations: ["a": String(repeating: "x", count: 3 << 20)])
        _ = try store.add(large.manifestBytes)
        let heavy = try error(Array(repeating: large.descriptor, count: 6))
        #expect(heavy?.message == "the manifests of the index are too large together, expected at most 16777216 bytes")
    }

    @Test func `another repository mounts what one has`() throws {
        guard let server = try FaultyRegistry() else { return }
        let registry = try connect(server)
        _ = try push(image(), registry)
        #expect(try push(image(), registry, "flower").counts == [.mounted: 3])
        try server.set("no-mount")
        #expect(try push(image(), registry, "tree").counts == [.uploaded: 3])
    }

    @Test func `a fetch goes on where it broke off`() throws {
        guard let server = try FaultyRegistry() else { return }
        let registry = try connect(server)
        _ = try push(image(), registry)
        try server.set("cut-get=4")
        #expect(try pull(registry).images.digest == image().digest)
        #expect(server.requests.contains { $0.contains(" 206 ") })
    }

    @Test(arguments: [
        ("lie-blob", "the blob has another digest, expected "),
        ("long-blob", "the blob is larger than expected, expected "),
        ("short-blob", "the blob is shorter than expected, expected "),
        ("lie-manifest", "the manifest has another digest, expected "),
        ("lie-digest", "the manifest has another digest, expected "),
        ("huge-manifest", "the answer is too large, expected at most 4194304 bytes"),
        ("plain-redirect", "`127.0.0.1` leads to an address without encryption, expected https"),
    ])
    func `lies are found`(fault: String, words: String) throws {
        guard let server = try FaultyRegistry() else { return }
        let registry = try connect(server)
        _ = try push(image(), registry)
        try server.set(fault)
        let error = #expect(throws: RegistryError.self) { try pull(registry) }
        #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["basic", "token", "token=1"]) func `a known user may push`(fault: String) throws {
        guard let server = try FaultyRegistry(fault) else { return }
        let auth = login.replacing("HOST", with: server.address)
        let registry = try connect(server, auth: auth)
        _ = try push(image(), registry)
        if fault == "token=1" { Thread.sleep(forTimeInterval: 1.2) }
        #expect(try pull(registry).images.digest == image().digest)
    }

    @Test func `an identity token becomes others`() throws {
        guard let server = try FaultyRegistry("token") else { return }
        let auth = #"{"auths": {"\#(server.address)": {"identitytoken": "refresh-word"}}}"#
        _ = try push(image(), connect(server, auth: auth))
        #expect(server.requests.contains { $0.hasPrefix("POST /token 200") })
    }

    @Test(arguments: ["basic", "token"]) func `errors hold no credentials`(fault: String) throws {
        guard let server = try FaultyRegistry(fault, "echo-auth") else { return }
        let registry = try connect(server, auth: login.replacing("HOST", with: server.address))
        let error = #expect(throws: RegistryError.self) {
            try RepositoryClient(registry, repository: "iris", .pull).tags()
        }
        #expect(error?.code == .unauthorized)
        let text = DiagnosticText(error ?? RegistryError(.refused, "")).description
        #expect(text.contains("DENIED"))
        for secret in ["secret-word", "YWRhOnNlY3JldC13b3Jk", "token-0"] { #expect(!text.contains(secret), "\(text)") }
    }

    @Test func `nobody may push, and is told how to`() throws {
        guard let server = try FaultyRegistry("token") else { return }
        let error = #expect(throws: RegistryError.self) { try push(image(), connect(server)) }
        #expect(error?.code == .unauthorized)
        #expect(error?.hint == "log in with `podman login \(server.address)` or `docker login \(server.address)`")
    }

    @Test func `a wait that is too long is not begun`() throws {
        guard let server = try FaultyRegistry("busy=1,100000") else { return }
        let registry = try connect(server)
        let error = #expect(throws: RegistryError.self) {
            try RepositoryClient(registry, repository: "iris", .pull).tags()
        }
        #expect(error?.message == "the registry answered 429: TOOMANYREQUESTS, slow down")
    }

    @Test func `tags come over all pages`() throws {
        guard let server = try FaultyRegistry("pages=2") else { return }
        let registry = try connect(server)
        let tags = ["a", "b", "c", "d", "e"]
        _ = try ImagePush(registry, repository: "iris", store: store).run(PlatformImages(image()), tags: tags)
        #expect(try RepositoryClient(registry, repository: "iris", .pull).tags() == tags)
    }

    @Test(arguments: ["", "referrers"]) func `referrers are listed with and without their own list`(fault: String)
        throws
    {
        guard let server = try FaultyRegistry(fault) else { return }
        let registry = try connect(server)
        let subject = image()
        _ = try push(subject, registry)
        let client = try RepositoryClient(registry, repository: "iris", .push)
        #expect(try client.referrers(of: subject.digest) == [])
        var expected: [Digest] = []
        for note in ["one", "two", "two"] {
            let manifest: JSONValue = [
                "schemaVersion": 2,
                "mediaType": .string(MediaType.imageManifest.rawValue),
                "artifactType": "application/x-note",
                "config": subject.manifest.config.json,
                "layers": [],
                "subject": subject.descriptor.json,
                "annotations": ["note": .string(note)],
            ]
            let stored = StoredManifest(bytes: manifest.serialized(.canonical), mediaType: .imageManifest)
            try client.putReferrer(stored, of: subject.digest, artifactType: "application/x-note")
            if !expected.contains(stored.digest) { expected.append(stored.digest) }
        }
        let found = try client.referrers(of: subject.digest)
        #expect(Set(found.map(\.descriptor.digest)) == Set(expected))
        #expect(found.allSatisfy { $0.artifactType == "application/x-note" })
    }

    @Test func `what is no registry is refused`() throws {
        let server = try FileServer()
        let host = String(server.address.dropFirst("http://".count))
        var options = Registry.Options()
        options.retries = RetryPolicy(attemptCount: 1)
        let error = #expect(throws: RegistryError.self) {
            try Registry.connect(to: host, options: options, over: HTTPConnection())
        }
        #expect(error?.description == "`\(server.address)/v2/`: the host is no registry, it answered 404")
    }
}
