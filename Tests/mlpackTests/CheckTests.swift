import JSON
import TestSupport
import Testing

@Suite struct CheckTests {
    /// Models with a finding for each rule, made with the onnx package.
    private let rules = repositoryRoot + "/Tests/OnnxCheckerTests/Fixtures/rules"

    private func check(_ name: String, _ options: [String] = []) throws -> CommandResult {
        try runExecutable("mlpack", ["check", name] + options, folder: rules)
    }

    @Test func `a sound model passes every check`() throws {
        let result = try check("sound.onnx")
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(
            result.output == """
                checked: rules
                checked: second reader
                checked: libonnx
                `sound.onnx`: valid

                """
        )
    }

    @Test func `a broken model fails with findings of our own and of libonnx`() throws {
        let result = try check("too-many-inputs.onnx")
        #expect(result.status == 1)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n")
        #expect(
            lines.first == "error: `too-many-inputs.onnx`: node `a` (Abs, opset 17): the node has 2 inputs, expected 1"
        )
        #expect(lines.dropFirst().first?.hasPrefix("error: `too-many-inputs.onnx`: cross-check `libonnx`: ") == true)
        #expect(lines.last == "`too-many-inputs.onnx`: invalid, 2 errors")
    }

    @Test func `libonnx is not asked beyond its range, and the report says so`() throws {
        let result = try check("opset-newer-than-ir.onnx")
        #expect(result.status == 0)
        #expect(
            result.output.contains(
                "not checked: libonnx, libonnx 1.12 cannot tell: opset 21 of `ai.onnx` is newer than 17\n"
            )
        )
    }

    @Test func `what nobody defines is not supported rather than invalid`() throws {
        #expect(try check("foreign-domain.onnx").status == 3)
    }

    @Test func `the report is JSON where a script asks for it`() throws {
        let result = try check("cycle.onnx", ["--json", "--no-cross-check"])
        #expect(result.status == 1)
        let report = try JSONValue.parse(Array(result.output.utf8))
        #expect(report["verdict"] == "invalid")
        #expect(report["findings"]?.array?.first?["code"] == "cycle")
        #expect(report["checks"]?.array?.map { $0["ran"] } == [true, false, false])
    }

    @Test func `a file that is no model is refused before any other reader sees it`() throws {
        let result = try check("verdicts.tsv")
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("error: `verdicts.tsv`: "))
    }

    @Test func `a summary is text or JSON`() throws {
        let text = try runExecutable("mlpack", ["inspect", "branches.onnx"], folder: rules)
        #expect(text.status == 0)
        #expect(text.output.contains("\ninputs\n  x  tensor(float)[2]\n"))
        let json = try runExecutable("mlpack", ["inspect", "branches.onnx", "--json"], folder: rules)
        #expect(try JSONValue.parse(Array(json.output.utf8))["irVersion"] == 8)
    }
}
