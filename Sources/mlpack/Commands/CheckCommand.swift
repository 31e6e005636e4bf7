import ArgumentParser
import Diagnostics
import OnnxChecker
import OnnxReader

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check an ONNX model against the rules of ONNX.",
        discussion: """
            Runs our rules on what our reader reads, then holds a second reader (protobuf-c) against the first, and \
            asks libonnx about models that it knows (IR version up to 8, ai.onnx up to 17, ai.onnx.ml up to 3). \
            Prints every finding, which checks ran, and which did not and why.

            Exit codes: 0 valid (perhaps with warnings), 1 invalid, 3 something in the model is not known here.
            """
    )

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(name: .customLong("no-cross-check"), help: "Do without the second reader and libonnx.")
    var withoutCrossCheck = false

    func run() throws {
        let read = try readModel(path: model)
        var report = CheckReport(read, path: model)
        for check in CrossCheck.allCases {
            if withoutCrossCheck {
                report.skip(check, because: "as asked")
            } else if check == .libonnx, let reason = Libonnx.reasonNotToAsk(about: read) {
                report.skip(check, because: "libonnx \(Libonnx.version) cannot tell: \(reason)")
            } else {
                try report.run(check, arguments: CrossCheckCommand.arguments(for: check, path: model))
            }
        }
        if json { printJSON(report.json) } else { print(report.text) }
        switch report.verdict {
        case .valid: return
        case .invalid: throw ExitCode(ProcessExit.notPossible.rawValue)
        case .unsupported: throw ExitCode(ProcessExit.notSupported.rawValue)
        }
    }
}
