import ContentStore
import Diagnostics
import JSON
import OCIImage
import TestSupport
import Testing

/// A layer of plain bytes, which need not be a tar for anything here.
private func layer(_ text: String, diffID: Digest? = nil) -> ImageLayer {
    let bytes = Array(text.utf8)
    let digest = Digest(of: bytes)
    return ImageLayer(
        descriptor: Descriptor(mediaType: .layer, digest: digest, byteCount: bytes.count),
        diffID: diffID ?? digest,
        history: ImageConfig.History(createdBy: "test \(text)"),
        blob: MemoryBlob(bytes)
    )
}

@Suite struct ImageTests {
    private func image() -> Image {
        var config = ImageConfig()
        config.user = "65532:65532"
        config.exposedPorts = ["8000/tcp"]
        config.environment = ["A=b"]
        config.entrypoint = ["/bin/x"]
        config.command = ["/models"]
        config.workingFolder = "/"
        config.stopSignal = "SIGTERM"
        config.labels = ["z": "1", "a": "2"]
        return Image(config: config, layers: [layer("one"), layer("two")], annotations: ["k": "v"])
    }

    /// The text is written by hand after config.md of the OCI image specification, its keys sorted.
    @Test func `the config has the fields of the specification`() throws {
        let image = image()
        let bytes = try #require(image.blob(image.manifest.config.digest)).bytes(limit: 10_000)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"architecture":"amd64","config":{"Cmd":["/models"],"Entrypoint":["/bin/x"],"Env":["A=b"],\
                "ExposedPorts":{"8000/tcp":{}},"Labels":{"a":"2","z":"1"},"StopSignal":"SIGTERM",\
                "User":"65532:65532","WorkingDir":"/"},"created":"1970-01-01T00:00:00Z",\
                "history":[{"created":"1970-01-01T00:00:00Z","created_by":"test one"},\
                {"created":"1970-01-01T00:00:00Z","created_by":"test two"}],"os":"linux",\
                "rootfs":{"diff_ids":["sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",\
                "sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"],"type":"layers"}}
                """
        )
    }

    @Test func `an image read from its manifest is the same image`() throws {
        let image = image()
        let back = try Image(manifestBytes: image.manifestBytes) { image.blob($0) }
        #expect(back.digest == image.digest)
        #expect(back.config == image.config)
        #expect(back.manifest == image.manifest)
        #expect(back.parts.map(\.descriptor) == image.parts.map(\.descriptor))
    }

    /// The text is written by hand after Docker's `HealthcheckConfig`.
    @Test func `a health check and volumes are written and read`() throws {
        var config = ImageConfig()
        config.volumes = ["/data"]
        config.healthCheck = HealthCheck(
            command: ["/bin/probe"],
            interval: 30_000_000_000,
            timeout: 5_000_000_000,
            retries: 3
        )
        let run = try #require(config.json["config"])
        #expect(
            String(decoding: run.serialized(.canonical), as: UTF8.self) == """
                {"Healthcheck":{"Interval":30000000000,"Retries":3,"Test":["CMD","/bin/probe"],"Timeout":5000000000},\
                "Volumes":{"/data":{}}}
                """
        )
        #expect(try ImageConfig(config.json) == config)
    }

    @Test func `an image on a base keeps the layers, the variables and the history of the base`() throws {
        var below = ImageConfig()
        below.environment = ["PATH=/bin", "A=1"]
        below.entrypoint = ["/bin/sh"]
        below.command = ["-l"]
        below.user = "1000"
        below.labels = ["a": "1", "b": "1"]
        below.history = [ImageConfig.History(createdBy: "ENV A=1", created: nil, isEmptyLayer: true)]
        let base = Image(config: below, layers: [layer("one"), layer("two")])
        var own = ImageConfig()
        own.environment = ["A=2", "B=3"]
        own.entrypoint = ["/bin/x"]
        own.labels = ["b": "2"]
        let image = Image(config: own.overlaid(on: base.config), layers: try base.layersOfBase() + [layer("three")])
        #expect(image.config.environment == ["PATH=/bin", "A=2", "B=3"])
        #expect(image.config.entrypoint == ["/bin/x"])
        #expect(image.config.command == [])
        #expect(image.config.user == "1000")
        #expect(image.config.labels == ["a": "1", "b": "2"])
        #expect(image.config.history.map(\.createdBy) == ["ENV A=1", "test one", "test two", "test three"])
        #expect(image.config.diffIDs == base.config.diffIDs + [layer("three").diffID])
        #expect(Array(image.manifest.layers.prefix(2)) == base.manifest.layers)
        try image.validate { _, blob in blob }
    }

    @Test func `a foreign config is kept as it is stored`() throws {
        let text = """
            {"created":"2024-05-01T10:00:00Z","author":"Ada","architecture":"amd64","os":"linux",\
            "config":{"Shell":["/bin/bash","-c"],"OnBuild":["RUN x"]},"rootfs":{"type":"layers","diff_ids":[]}}
            """
        func stored(_ bytes: [UInt8]) throws -> Image {
            let config = Descriptor(mediaType: .imageConfig, digest: Digest(of: bytes), byteCount: bytes.count)
            let manifest = ImageManifest(config: config, layers: []).json.serialized(.canonical)
            return try Image(manifestBytes: manifest) { _ in MemoryBlob(bytes) }
        }
        let image = try stored(Array(text.utf8))
        #expect(String(decoding: image.configJSON.serialized(), as: UTF8.self) == text)
        let undated = Array(text.utf8.drop { $0 != UInt8(ascii: ",") }.dropFirst())
        #expect(try stored(Array("{".utf8) + undated).configJSON["created"] == nil)
    }

    @Test func `a size that cannot be is refused`() throws {
        let limit = Descriptor.byteCountLimit
        func descriptor(_ byteCount: Int) throws -> Descriptor {
            try Descriptor(Descriptor(mediaType: .layer, digest: Digest(of: []), byteCount: byteCount).json)
        }
        #expect(try descriptor(limit).byteCount == limit)
        let error = #expect(throws: OCIImageError.self) { try descriptor(1 << 62) }
        #expect(
            error?.description
                == "`size` of the descriptor is too large, expected at most \(limit), got 4611686018427387904"
        )
    }

    @Test func `a part that is missing is named`() throws {
        let image = image()
        let missing = image.manifest.layers[1].digest
        let error = #expect(throws: OCIImageError.self) {
            try Image(manifestBytes: image.manifestBytes) { $0 == missing ? nil : image.blob($0) }
        }
        #expect(error?.description == "there is no blob `\(missing)`, which the manifest names")
    }

    @Test func `a wrong diff_id is found`() throws {
        let wrong = Digest(of: Array("other".utf8))
        let image = Image(config: ImageConfig(), layers: [layer("one", diffID: wrong)])
        let error = #expect(throws: OCIImageError.self) { try image.validate { _, blob in blob } }
        let digest = Digest(of: Array("one".utf8))
        #expect(error?.description == "layer `\(digest)`: the diff_id is another, expected `\(wrong)`, got `\(digest)`")
    }

    @Test func `changed bytes of a layer are found`() throws {
        let image = image()
        let layer = image.manifest.layers[0].digest
        let changed = try Image(manifestBytes: image.manifestBytes) { digest in
            digest == layer ? MemoryBlob(Array("ona".utf8)) : image.blob(digest)
        }
        let error = #expect(throws: OCIImageError.self) { try changed.validate { _, blob in blob } }
        #expect(error?.code == .digestMismatch)
    }

    @Test(arguments: [
        (#"{"schemaVersion":1}"#, "`schemaVersion` of the manifest is another, expected 2"),
        (#"{"schemaVersion":2}"#, "`layers` of the manifest has another type, expected an array, got nothing"),
        (
            #"{"schemaVersion":2,"layers":[],"mediaType":"x/y"}"#, "media type `x/y` is not read here"
        ),
        (
            #"{"schemaVersion":2,"layers":[{"mediaType":"x/y"}]}"#,
            "`digest` of the descriptor has another type, expected a digest, got nothing"
        ),
        (
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:1"}}"#,
            "`digest` of the descriptor: digest has another form, expected `sha256:` and 64 lower-case hexadecimal digits, got `sha256:1`"
        ),
    ])
    func `a damaged manifest is refused by field`(text: String, words: String) {
        let error = #expect(throws: OCIImageError.self) { try ImageManifest(JSONValue.parse(Array(text.utf8))) }
        #expect(error?.description == words)
    }

    @Test func `truncation and mutation of a manifest never trap`() {
        let image = image()
        let bytes = image.manifestBytes
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) { try Image(manifestBytes: Array(bytes[..<count])) { image.blob($0) } }
        }
        var random = SeededRandom(seed: 11)
        for _ in 0..<1000 {
            var copy = bytes
            copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? Image(manifestBytes: copy) { image.blob($0) }
        }
    }
}
