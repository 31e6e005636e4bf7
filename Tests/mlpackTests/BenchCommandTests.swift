import Foundation
import TestSupport
import Testing

@Suite struct BenchCommandTests {
    private static let models = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models/"
    /// `Y = X W + b` for `X` of type tensor(float)[N, 4].
    private static let linear = models + "linear.onnx"

    private func bench(_ arguments: [String], model: String = linear, input: String = "") throws -> CommandResult {
        try runExecutable("mlpack", ["bench", model] + arguments, input: Array(input.utf8))
    }

    private func figures(_ result: CommandResult) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func `the figures are JSON, and the times are in order`() throws {
        let result = try bench(["--shape", "X=8x4", "--runs", "50", "--threads", "1", "--precision", "fp32", "--json"])
        #expect(result.errors == "")
        #expect(result.status == 0)
        let figures = try figures(result)
        let numbers = figures.compactMapValues { ($0 as? NSNumber)?.doubleValue }
        #expect(figures["model"] as? String == Self.linear)
        #expect(figures["precision"] as? String == "fp32")
        #expect(numbers["threads"] == 1)
        #expect(numbers["runs"] == 50)
        let load = try #require(numbers["load_ms"])
        let first = try #require(numbers["first_run_us"])
        let minimum = try #require(numbers["min_us"])
        let median = try #require(numbers["median_us"])
        let percentile99 = try #require(numbers["p99_us"])
        #expect(load > 0 && first > 0)
        #expect(0 < minimum && minimum <= median && median <= percentile99)
        #expect(abs((numbers["items_per_second"] ?? 0) - 8e6 / median) < 1e-6 * 8e6 / median)
        #expect(try #require(numbers["arena_bytes"]) >= 0)
        #expect(try #require(numbers["resident_bytes"]) > 1e6)
        #expect(figures.count == 12)
    }

    @Test func `the figures are a list of words without JSON`() throws {
        let result = try bench(["--duration", "0.05"])
        #expect(result.status == 0)
        #expect(result.errors == "")
        let names = result.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        let expected = ["model", "precision", "threads", "load", "first", "runs", "minimum", "median", "p99", "items"]
        #expect(names == expected + ["arena", "resident"])
        #expect(result.output.contains(" a second, 1 in a run\n"))
    }

    @Test func `a file feeds the values`() throws {
        let rows = "[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]"
        let result = try bench(["--input", "X=-", "--runs", "2", "--json"], input: rows)
        #expect(result.status == 0)
        let figures = try figures(result)
        let items = try #require(figures["items_per_second"] as? Double)
        let median = try #require(figures["median_us"] as? Double)
        #expect(abs(items - 3e6 / median) < 1e-6 * items)
    }

    @Test(
        arguments: [
            "BF16", "BOOL", "FP16", "FP32", "FP64", "INT16", "INT32", "INT64", "INT8", "UINT16", "UINT32", "UINT64",
            "UINT8",
        ]
    )
    func `values of each type are drawn`(type: String) throws {
        let result = try bench(["--shape", "in=3x5", "--runs", "1"], model: Self.models + "echo_\(type).onnx")
        #expect(result.errors == "")
        #expect(result.status == 0)
    }

    @Test(
        arguments: [
            (["--shape", "Xx=8x4"], 2, "error: the model has no input `Xx`, expected `X`\nhint: did you mean `X`?\n"),
            (["--shape", "X=8x4x1"], 2, "error: input `X`: shape is [8, 4, 1], expected [N, 4]\n"),
            (["--shape", "X=8x5"], 2, "error: input `X`: shape is [8, 5], expected [N, 4]\n"),
            (["--shape", "X=8,4"], 2, "error: `--shape X=8,4` is not a shape, expected one like `x=1x3x224x224`\n"),
            (["--shape", "X=8x-4"], 2, "error: `--shape X=8x-4` is not a shape, expected one like `x=1x3x224x224`\n"),
            (["--shape", "8x4"], 2, "error: `--shape 8x4` is not a shape, expected one like `x=1x3x224x224`\n"),
            (
                ["--shape", "X=9223372036854775807x4"], 2,
                "error: `--shape X=9223372036854775807x4` has more elements than fit an `Int`\n"
            ),
            (["--shape", "X=1x4", "--shape", "X=1x4"], 2, "error: input `X` is given `--shape` twice\n"),
            (["--input", "X=-", "--shape", "X=1x4"], 2, "error: input `X` has both `--input` and `--shape`\n"),
            (["--threads", "0"], 2, "error: `--threads` is 0, expected 1 or more\n"),
            (["--duration", "0"], 2, "error: `--duration` is 0.0, expected more than 0 and at most 86400\n"),
            (["--precision", "fp31"], 2, "error: The value 'fp31' is invalid for '--precision <precision>'"),
            (["--input", "X=none.npz"], 1, "error: `none.npz`: opening: no such file or directory\n"),
            (
                ["--shape", "X=100x4", "--max-memory", "1000"], 1,
                """
                error: input `X`: `float` [100, 4] takes 1600 bytes, more than the limit of 1000 for a tensor
                hint: raise it with `--max-memory`

                """
            ),
        ] as [([String], Int32, String)]
    )
    func `a wrong name, shape or option is said with what was expected`(
        arguments: [String],
        status: Int32,
        words: String
    ) throws {
        let result = try bench(arguments, input: "[[1, 2, 3, 4]]")
        #expect(result.output == "")
        #expect(result.errors.hasPrefix(words), "\(result.errors)")
        #expect(result.status == status)
    }

    @Test func `a type without random values is not supported, and a model that is none not possible`() throws {
        let strings = try bench([], model: Self.models + "echo_BYTES.onnx")
        let words = "error: input `in`: values of type `string` are not drawn at random\n"
        #expect(strings.errors == words + "hint: give a file with `--input`\n")
        #expect(strings.status == 3)
        let none = try bench([], model: "none.onnx")
        #expect(none.errors.hasPrefix("error: `none.onnx`: "))
        #expect(none.status == 1)
    }
}
