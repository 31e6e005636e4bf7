import Foundation
import TestSupport
import Testing

@Suite struct RunTests {
    /// `y = |x|` for `x` of type tensor(float)[2].
    private let model = repositoryRoot + "/Tests/OnnxCheckerTests/Fixtures/rules/sound.onnx"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], input: String = "") throws -> CommandResult {
        try runExecutable("mlpack", ["run", model] + arguments, input: Array(input.utf8), folder: folder.path)
    }

    @Test(
        arguments: [
            ([], "y\n1.0\n2.5\n"),
            (["--json"], "{\"y\":[1.0,2.5]}\n"),
            (["--reference"], "y\n1.0\n2.5\n"),
            (["--outputs", "y"], "y\n1.0\n2.5\n"),
            (["--compare", "reference"], "y: agrees, 2 elements, greatest difference 0.0\n"),
        ] as [([String], String)]
    )
    func `outputs are a table or JSON on standard output`(options: [String], output: String) throws {
        let result = try run(["--input", "x=-"] + options, input: "[-1, 2.5]")
        #expect(result.output == output)
        #expect(result.errors == "")
        #expect(result.status == 0)
    }

    @Test(
        arguments: [
            (["--input", "xx=-"], 2, "error: the model has no input `xx`, expected `x`\nhint: did you mean `x`?\n"),
            ([], 1, "input `x` is missing, expected `x`\n"),
            (["--input", "-"], 1, "shape is [3], expected [2]\n"),
            (["--input", "-", "--outputs", "z"], 1, "the model has no output `z`, expected `y`\n"),
            (["--input", "none.npy"], 1, "error: `none.npy`: opening: no such file or directory\n"),
            (["--json", "--output", "a.npz"], 2, "error: `--json` and `--output` exclude each other\n"),
        ] as [([String], Int32, String)]
    )
    func `a wrong name, shape or option is said with what was expected`(
        arguments: [String],
        status: Int32,
        words: String
    ) throws {
        let result = try run(arguments, input: "[1, 2, 3]")
        #expect(result.output == "")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.status == status)
    }

    @Test func `images are decoded, and no library says a word about those that are none`() throws {
        let model = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/unserved/image.onnx"
        let turned = repositoryRoot + "/Tests/ImageDecodersTests/Fixtures/images/turned5.tif"
        let damaged = try Data(contentsOf: URL(fileURLWithPath: turned)).prefix(300)
        for (bytes, image) in [(Array("P6 1 1 255\nabc".utf8), "[[[97,98,99]]]"), (Array(damaged), "[]")] {
            let input = Array("\(bytes)".utf8)
            let result = try runExecutable("mlpack", ["run", model, "--input", "data=-", "--json"], input: input)
            #expect(result.output == "{\"image\":\(image)}\n")
            #expect(result.errors == "" && result.status == 0)
        }
    }

    @Test func `a full disk leaves no half-written outputs`() throws {
        let path = folder.file("x.json")
        try Data("[1, 2]".utf8).write(to: URL(fileURLWithPath: path))
        let arguments = ["run", model, "--input", path, "--output", "out.npz"]
        let full = try runExecutable("mlpack", arguments, folder: folder.path, shell: "ulimit -f 0;")
        #expect(full.status == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.json"])
        let done = try runExecutable("mlpack", arguments, folder: folder.path)
        #expect(done.status == 0)
        #expect(done.output == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["out.npz", "x.json"])
    }
}
