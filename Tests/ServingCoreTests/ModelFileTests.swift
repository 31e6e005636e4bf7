import Foundation
import ServingCore
import TestSupport
import Testing

@Suite struct ModelFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ paths: String...) throws {
        for path in paths {
            let url = URL(fileURLWithPath: folder.file(path))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data().write(to: url)
        }
    }

    private func find(_ path: String) throws -> [String] {
        try ModelFile.find(at: path).map { "\($0.name)/\($0.version) \($0.path.dropFirst(folder.path.count + 1))" }
    }

    @Test func `a file is served under its name`() throws {
        try make("iris.onnx", "a.b", ".onnx")
        #expect(try find(folder.file("iris.onnx")) == ["iris/1 iris.onnx"])
        #expect(try find(folder.file("a.b")) == ["a.b/1 a.b"])
        #expect(try find(folder.file(".onnx")) == [".onnx/1 .onnx"])
    }

    @Test func `a folder of versions is a model, the highest version last`() throws {
        try make("iris/10/model.onnx", "iris/9/model.onnx", "iris/x/model.onnx", "iris/01/model.onnx", "iris/3/y")
        let expected = ["iris/9 iris/9/model.onnx", "iris/10 iris/10/model.onnx"]
        #expect(try find(folder.file("iris")) == expected)
        #expect(try find(folder.file("iris/")) == expected)
    }

    @Test func `a folder of models holds files and folders of versions`() throws {
        try make("b/1/model.onnx", "a.onnx", "c/2/model.onnx", "weights.bin", ".hidden/1/model.onnx", "empty/x")
        #expect(try find(folder.path) == ["a/1 a.onnx", "b/1 b/1/model.onnx", "c/2 c/2/model.onnx"])
    }

    @Test func `a folder without a model is refused`() throws {
        try make("readme.txt")
        #expect {
            try find(folder.path)
        } throws: {
            "\($0)" == "`\(folder.path)`: the folder holds no model, "
                + "expected `<name>/<version>/model.onnx` or `<name>.onnx`"
        }
    }

    @Test func `a path that does not exist is named`() {
        #expect {
            try find(folder.file("no"))
        } throws: {
            "\($0)" == "`\(folder.file("no"))`: opening: no such file or directory"
        }
    }
}
