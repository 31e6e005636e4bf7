import Foundation
import JSON
import TestSupport
import Testing

/// The commands that look into images, on a ModelPack artifact that stands here word for word.
@Suite struct ArtifactTests {
    private let folder: TemporaryFolder
    private let digest: String

    init() throws {
        folder = try TemporaryFolder()
        let made = try runTool(
            """
            set -e
            mkdir -p layout/blobs/sha256
            put() { printf '%s' "$1" >blob; sum=$(sha256sum <blob | cut -d' ' -f1); mv blob layout/blobs/sha256/$sum; }
            printf '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
            put weights; weights=$sum
            config='{"descriptor":{"name":"iris","version":"2"},"config":{"format":"onnx"},"modelfs":{"type":"layers","diffIds":["sha256:'$sum'"]}}'
            put "$config"
            manifest='{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.model.manifest.v1+json","config":{"mediaType":"application/vnd.cncf.model.config.v1+json","digest":"sha256:'$sum'","size":'${#config}'},"layers":[{"mediaType":"application/vnd.cncf.model.weight.v1.raw","digest":"sha256:'$weights'","size":7,"annotations":{"org.cncf.model.filepath":"iris.onnx"}}]}'
            put "$manifest"
            printf '%s' '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'$sum'","size":'${#manifest}',"artifactType":"application/vnd.cncf.model.manifest.v1+json","annotations":{"org.opencontainers.image.ref.name":"1"}}]}' >layout/index.json
            printf sha256:$sum
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        digest = made.output
    }

    private func image(_ arguments: [String]) throws -> CommandResult {
        try runExecutable("mlpack", ["image"] + arguments, folder: folder.path)
    }

    @Test func `inspect shows an artifact as what it is`() throws {
        let shown = try image(["inspect", "layout"])
        #expect(
            shown.output == """
                artifact    layout
                digest      \(digest)
                type        application/vnd.cncf.model.manifest.v1+json
                names       1
                name        iris
                version     2
                format      onnx
                layers      1, 7 bytes
                  9a129038d9a0  7 bytes  application/vnd.cncf.model.weight.v1.raw  iris.onnx

                """,
            "\(shown.errors)"
        )
        let json = try JSONValue.parse(Array(image(["inspect", "layout", "--json"]).output.utf8))
        #expect(json["artifactType"] == "application/vnd.cncf.model.manifest.v1+json")
        #expect(json["config"]?["descriptor"]?["name"] == "iris")
    }

    @Test(arguments: [["sbom", "layout", "--scan"], ["diff", "layout", "layout"], ["verify", "layout"]])
    func `what is of images alone says what takes an artifact`(arguments: [String]) throws {
        let refused = try image(arguments)
        #expect(refused.status == 3)
        #expect(
            refused.errors == """
                error: `layout`: the manifest is of no image, its config has media type \
                `application/vnd.cncf.model.config.v1+json`
                hint: it is a ModelPack artifact: `mlpack image inspect` shows it, `mlpack image extract` takes its model

                """
        )
    }

    @Test func `a raw file is extracted from an artifact`() throws {
        let extracted = try image(["extract", "layout", "-o", "out"])
        #expect(extracted.output == "out  1 files, 7 bytes\n", "\(extracted.errors)")
        #expect(try String(contentsOfFile: folder.file("out/iris.onnx"), encoding: .utf8) == "weights")
    }
}
