import Foundation
import JSON
import TestSupport
import Testing

@Suite struct MlpackServeTests {
    private let models = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models"
    private var linear: String { models + "/linear.onnx" }

    @Test func `the version and the help are data`() throws {
        let version = try runExecutable("mlpack-serve", ["--version"])
        #expect(version.output == "0.1.0\n" && version.errors.isEmpty && version.status == 0)
        let help = try runExecutable("mlpack-serve", ["--help"])
        #expect(help.output.hasPrefix("OVERVIEW: Serve ONNX models over the Open Inference Protocol v2 ("))
        #expect(help.errors.isEmpty && help.status == 0)
    }

    private static let refused: [(arguments: [String], status: Int32, errors: String)] = [
        ([], 2, "error: no model is named, expected the path of an ONNX file or of a folder of models\n"),
        (["m", "--hots", "x"], 2, "error: unknown option `--hots`\nhint: did you mean `--host`?\n"),
        (["/no.onnx"], 1, "error: `/no.onnx`: opening: no such file or directory\n"),
        (
            ["\(repositoryRoot)/Tests/ServingCoreTests/Fixtures/models/linear.onnx", "--host", "a"], 2,
            "error: the host is not an address, expected numbers such as `0.0.0.0` and `::`, or `localhost`, got `a`\n"
        ),
        (
            ["probe", "https://example.org"], 2,
            "error: the URL is wrong, expected `http://127.0.0.1:8000/v2/health/ready`, got `https://example.org`\n"
        ),
        (["probe", "--insecur"], 2, "error: unknown option `--insecur`\n"),
        (["probe", "--ca"], 2, "error: `--ca` has no value, expected `FILE`\n"),
        (
            ["probe", "--key", "a"], 2,
            "error: one of `--certificate` and `--key` stands alone, expected both\n"
        ),
        (
            ["probe", "http://127.0.0.1:1"], 1,
            "error: asking `http://127.0.0.1:1`: connection refused\n"
        ),
    ]

    @Test(arguments: refused)
    func `what cannot be done is said, and the exit code says why`(
        arguments: [String],
        status: Int32,
        errors: String
    ) throws {
        let result = try runExecutable("mlpack-serve", arguments)
        #expect(result.errors == errors)
        #expect(result.output.isEmpty)
        #expect(result.status == status)
    }

    @Test func `a model that is not served here ends with 3`() throws {
        let path = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/unserved/map.onnx"
        let result = try runExecutable("mlpack-serve", [path])
        #expect(result.status == 3)
        #expect(result.errors.hasPrefix("error: `\(path)`: output `Z`: type `seq(map(int64, tensor(float)[]))` is not"))
    }

    @Test func `a model that decodes images ends with 3, for the server links no image library`() throws {
        let path = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/unserved/image.onnx"
        let result = try runExecutable("mlpack-serve", [path])
        #expect(result.status == 3)
        #expect(
            result.errors == """
                error: `\(path)`: node `decode` (ImageDecoder, opset 20): operator `ImageDecoder` of domain `ai.onnx` \
                is not supported without an image decoder
                hint: `mlpack run` and `mlpack serve` have one, the static `mlpack-serve` has none

                """
        )
    }

    @Test func `the ready line names the models and every address`() throws {
        let text = try RunningServer([linear, "--host", "127.0.0.1", "--http-port", "auto"])
        #expect(text.readyLine.hasPrefix("ready: `linear` at http://127.0.0.1:"))
        let server = try RunningServer([models, "--host", "127.0.0.1", "--http-port", "auto", "--json"])
        let line = try JSONValue.parse(Array(server.readyLine.utf8))
        #expect(line["event"] == "ready")
        #expect(line["models"]?.array?.count == 15)
        #expect(line["grpc"]?.array?.first?.string?.hasPrefix("127.0.0.1:") == true)
        #expect(line["metrics"]?.array?.first?.string?.hasPrefix("http://127.0.0.1:") == true)
        #expect(line["models"]?.array?.last == ["name": "linear", "versions": ["1"]])
        let url = try #require(line["http"]?.array?.first?.string)
        let probe = try runExecutable("mlpack-serve", ["probe", url])
        #expect(probe.status == 0 && probe.output.isEmpty && probe.errors.isEmpty)
        let missing = try runExecutable("mlpack-serve", ["probe", url + "/v2/models/no/ready"])
        #expect(missing.errors == "error: `\(url)/v2/models/no/ready` answers with status 404, expected 200\n")
        #expect(missing.status == 1)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends the server with 0`(signal: CInt) throws {
        let server = try RunningServer([linear, "--host", "127.0.0.1", "--http-port", "auto"])
        let end = server.end(signal)
        #expect(end.status == 0 && end.reason == .exit)
    }

    @Test func `SIGHUP has files read anew, and does not end the server`() throws {
        let folder = try TemporaryFolder()
        let keys = folder.file("keys")
        try Data("metadata: 0123456789abcdef\n".utf8).write(to: URL(fileURLWithPath: keys))
        let server = try RunningServer([linear, "--host", "127.0.0.1", "--http-port", "auto", "--keys", keys])
        #expect(try server.line(after: SIGHUP) == "reloaded: keys")
        try Data("metadata 0123456789abcdef\n".utf8).write(to: URL(fileURLWithPath: keys))
        #expect(try server.line(after: SIGHUP) == "error: `\(keys)`:1:1: the line has no colon, expected `GROUP: KEY`")
        #expect(try server.line() == "still served: keys as before")
        #expect(server.end(SIGTERM).status == 0)
    }

    @Test func `the executable needs none of the libraries that make servers large`() throws {
        let readelf = Process()
        let output = Pipe()
        readelf.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        readelf.arguments = ["readelf", "--dynamic", executablePath("mlpack-serve")]
        readelf.standardOutput = output
        try readelf.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        readelf.waitUntilExit()
        let needed = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(!needed.isEmpty)
        for library in ["Foundation", "icu", "onnx", "protobuf", "archive", "curl", "crypto", "jpeg", "tiff"] {
            #expect(!needed.contains { $0.contains(library) }, "\(library)")
        }
    }
}
