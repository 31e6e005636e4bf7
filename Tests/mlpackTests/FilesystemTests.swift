import Foundation
import TestSupport
import Testing

@Suite struct FilesystemTests {
    private let folder: TemporaryFolder
    private let model = repositoryRoot + "/Examples/quickstart/fixtures/iris.joblib"

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: ["check", "inspect", "run"]) func `a missing model is named`(command: String) throws {
        let result = try runExecutable("mlpack", [command, "no.onnx"], folder: folder.path)
        #expect(result.status == 1)
        #expect(result.errors == "error: `no.onnx`: opening: no such file or directory\n")
    }

    @Test func `a missing model is named by export, too`() throws {
        let result = try runExecutable("mlpack", ["export", "--onnx", "no.joblib", "-o", "a"], folder: folder.path)
        #expect(result.status == 1)
        #expect(result.errors == "error: `no.joblib`: opening: no such file or directory\n")
    }

    @Test func `a full disk leaves no half-written model`() throws {
        let result = try runExecutable(
            "mlpack",
            ["export", "--onnx", model, "-o", "model.onnx"],
            folder: folder.path,
            shell: "ulimit -f 0;"
        )
        #expect(result.status == 1)
        #expect(result.signal == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `an export replaces a file only when the new one is whole`() throws {
        let path = folder.file("model.onnx")
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        let failed = try runExecutable("mlpack", ["export", "--onnx", model, "-o", path], shell: "ulimit -f 0;")
        #expect(failed.status == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        let done = try runExecutable("mlpack", ["export", "--onnx", model, "-o", path])
        #expect(done.status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count > 100)
    }
}
