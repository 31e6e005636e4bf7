import ArgumentParser
import Diagnostics
import OnnxChecker
import OnnxIR
import OnnxProtobuf
import OnnxReader
import Tensors

/// What `mlpack check` runs in a child process: software that may crash on a file, and its findings, one a line.
struct CrossCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-check",
        abstract: "Run one check of `mlpack check` in this process.",
        shouldDisplay: false
    )

    @Argument(help: "The check.")
    var check: String

    @Argument(help: "The model.")
    var model: String

    /// The words that make this executable run a check.
    static func arguments(for check: CrossCheck, path: String) -> [String] {
        ["cross-check", "--", check.rawValue, path]
    }

    func run() throws {
        guard let check = CrossCheck(rawValue: check) else {
            let names = CrossCheck.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")
            throw ValidationError("unknown check `\(check)`, expected \(names)")
        }
        let bytes = try locating(.file(model)) { () throws(OnnxReaderError) in try mapFile(model) }
        let folder = model.lastIndex(of: "/").map { String(model[...$0]) } ?? "."
        let first = try readModel(bytes, folder: folder)
        limitThisProcess(byteCount: Self.memoryLimit(first, file: bytes), seconds: 100)
        let findings: [String]
        switch check {
        case .libonnx: findings = Libonnx.objection(toModelAt: model).map { [$0] } ?? []
        case .secondReader:
            do {
                let second = try readModelWithProtobuf(bytes, folder: folder)
                findings = firstDifference(first, second).map { ["the readers differ at \($0)"] } ?? []
            } catch {
                findings = ["the second reader refuses the file: \(error)"]
            }
        }
        for finding in findings { print(finding.split(separator: "\n").joined(separator: " ")) }
        guard findings.isEmpty else { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }

    /// What the file and its external data take several times over, and 4 GiB.
    private static func memoryLimit(_ model: Model, file: MemoryRegion) -> Int {
        let weights = ModelSummary(model, path: "", file: file).parameterByteCount
        let (bytes, _) = file.bytes.count.addingReportingOverflow(weights)
        let (scaled, overflow) = bytes.multipliedReportingOverflow(by: 16)
        return overflow ? .max : scaled.addingReportingOverflow(1 << 32).partialValue
    }
}
