import Foundation
import TestSupport
import Testing

@Suite struct QuantizeTests {
    /// `Y = X W + b` for `X` of type tensor(float)[N, 4].
    private static let linear = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models/linear.onnx"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func quantize(_ arguments: [String], input: String = "") throws -> CommandResult {
        try runExecutable("mlpack", ["quantize", Self.linear] + arguments, input: Array(input.utf8))
    }

    private static let rows = "[[1, 2, 3, 4], [-5, 6, -7, 8], [9, 10, 11, -12]]"

    @Test func `a model is written, and runs`() throws {
        let output = folder.file("linear.int8.onnx")
        let result = try quantize(["--calibrate", "X=-", "-o", output, "--json"], input: Self.rows)
        #expect(result.errors == "")
        #expect(result.status == 0)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [[String: Any]]]
        )
        let layer = try #require(report["layers"]?.first)
        #expect(try #require(layer["relative_error"] as? Double) < 0.02)
        #expect(report["outputs"]?.count == 2)
        let check = try runExecutable("mlpack", ["check", output])
        #expect(check.status == 0)
        let run = try runExecutable("mlpack", ["run", output, "--input", "X=-"], input: Array(Self.rows.utf8))
        #expect(run.status == 0)
    }

    @Test func `the report is two tables`() throws {
        let output = folder.file("linear.int8.onnx")
        let result = try quantize(["--calibrate", "X=-", "-o", output], input: Self.rows)
        #expect(result.status == 0)
        #expect(result.errors == "`\(Self.linear)` -> `\(output)`\n")
        #expect(result.output.hasPrefix("output  relative error  greatest"))
        #expect(result.output.contains("\n\nlayer"))
    }

    @Test func `wrong words are refused, and nothing is written`() throws {
        let output = folder.file("linear.int8.onnx")
        let cases: [(arguments: [String], error: String)] = [
            ([], "there is nothing to calibrate with, expected `--calibrate data.npz`"),
            (["--calibrate", "X=-", "--percentile", "20"], "`--percentile` is 20.0, expected more than 50"),
            (
                ["--calibrate", "X=-", "--operators", "Conf"],
                "`--operators` has `Conf`, expected some of Conv, Gather"
            ),
            (["--calibrate", "Z=-"], "the model has no input `Z`, expected `X`"),
            (["--calibrate", "X=-", "--exclude", "nothing"], "no layer is named `nothing`"),
        ]
        for (arguments, error) in cases {
            let result = try quantize(arguments + ["-o", output], input: Self.rows)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.errors.contains(error), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}
