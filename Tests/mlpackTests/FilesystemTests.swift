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

    @Test func `an output that is the input is refused`() throws {
        let copy = folder.file("model.joblib")
        try FileManager.default.copyItem(atPath: model, toPath: copy)
        let result = try runExecutable("mlpack", ["export", "--onnx", copy, "-o", copy])
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: `--output` is the saved model `\(copy)`, expected another file\n"))
        #expect(FileManager.default.contentsEqual(atPath: model, andPath: copy))
    }

    @Test(arguments: ["X=in.npz", "X=in.npz:X"]) func `values that are read are not written over`(
        input: String
    ) throws {
        let graph = try runExecutable("mlpack", ["export", "--onnx", model, "-o", "m.onnx"], folder: folder.path)
        #expect(graph.status == 0)
        try Data("values".utf8).write(to: URL(fileURLWithPath: folder.file("in.npz")))
        let result = try runExecutable(
            "mlpack",
            ["run", "m.onnx", "--input", input, "--output", "in.npz"],
            folder: folder.path
        )
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: `--output` is `in.npz`, which is read, expected another file\n"))
        #expect(try String(contentsOfFile: folder.file("in.npz"), encoding: .utf8) == "values")
    }

    @Test func `a device is refused, as it may have no end`() throws {
        let result = try runExecutable("mlpack", ["inspect", "/dev/zero"])
        #expect(result.status == 1)
        #expect(result.errors == "error: `/dev/zero`: reading: a device, expected a file or a pipe\n")
    }

    @Test func `a standard output that takes nothing is an error`() throws {
        let result = try runExecutable("mlpack", ["estimators"], shell: "exec > /dev/full;")
        #expect(result.status == 1)
        #expect(result.errors == "error: standard output: no space left on device\n")
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
