import TestSupport
import Testing

@Suite struct UsageTests {
    @Test func `the version is data`() throws {
        let result = try runExecutable("mlpack", ["--version"])
        #expect(result.status == 0)
        #expect(result.output == "0.1.0\n")
        #expect(result.errors == "")
    }

    @Test(arguments: [
        (["--bogus"], "error: Unknown option '--bogus'"),
        (["check"], "error: Missing expected argument '<model>'"),
        (["run", "m.onnx", "--no-such"], "error: Unknown option '--no-such'"),
    ])
    func `a wrong command line ends with 2 and says what was wrong`(arguments: [String], line: String) throws {
        let result = try runExecutable("mlpack", arguments)
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.split(separator: "\n").first.map(String.init) == line)
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `completions are there for each shell`(shell: String) throws {
        let result = try runExecutable("mlpack", ["--generate-completion-script", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("mlpack"))
    }

    @Test(arguments: [
        [], ["bench"], ["check"], ["conformance"], ["estimators"], ["export"], ["image"], ["image", "build"],
        ["inspect"], ["run"], ["serve"],
    ])
    func `each command has help`(command: [String]) throws {
        let result = try runExecutable("mlpack", command + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: mlpack"))
        #expect(result.output.contains("OVERVIEW:"))
    }
}
