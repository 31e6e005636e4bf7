import ArgumentParser
import Conformance
import Diagnostics
import Files
import Glibc
import InferenceEngine
import JSON

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run test cases in the layout of ONNX's backend tests, or those of the protocol of servers.",
        discussion: """
            A case is a folder with `model.onnx` and `test_data_set_*/{input,output}_*.pb`. Its tolerance is rtol 1e-3 \
            and atol 1e-7 unless `tolerance.txt` in the folder says otherwise. Failures are printed one a line; the \
            last line reads `N passed, M failed`. A value that is not what was inferred of it fails its case, too. Without --list a failure makes the command fail.

            With --server the cases of the Open Inference Protocol are run against a server, whose models are those that \
            --write-models writes. A failure of a required case, or of an extension that the server announces, makes \
            the command fail; cases of models that the server does not have are skipped.

            EXAMPLES:
              mlpack conformance /usr/include/onnx/backend/test/data
              mlpack conformance --write-models models && mlpack serve models
              mlpack conformance --server http://localhost:8000 --grpc localhost:8001
            """
    )

    @Argument(help: "A folder with cases in it, or in folders of it.")
    var folder: String?

    @OptionGroup(title: "Protocol of servers") var protocolRun: ProtocolArguments

    @Option(help: ArgumentHelp("A file that names the cases that must pass, one a line.", valueName: "file"))
    var list: String?

    @Flag(help: "Add the cases that pass to the list.")
    var updateList = false

    @Option(help: "Run only the cases whose name contains this text.")
    var filter: String?

    @Flag(name: [.long, .customLong("unoptimised")], help: "Run the reference interpreter, without passes.")
    var reference = false

    @Option(help: "The instruction set of the kernels, in place of the widest that the processor has.")
    var instructions: InstructionSet?

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        guard !updateList || list != nil else { throw ValidationError("--update-list needs --list") }
        guard (folder != nil) != protocolRun.isGiven else {
            throw ValidationError(
                "expected either a folder of cases, or `--server`, `--list-cases` or `--write-models`"
            )
        }
    }

    func run() async throws {
        guard let folder else { return try protocolRun.run(filter: filter, json: json) }
        let cases = try ConformanceCase.cases(in: folder).filter { filter.map($0.name.contains) ?? true }
        guard !cases.isEmpty else {
            throw ConformanceError(.folder, at: .file(folder), "no case has `\(filter ?? "")` in its name")
        }
        var options = InferenceOptions.command(optimised: !reference)
        try options.useInstructions(instructions)
        options.checksInference = true
        let report = await runConformance(
            cases,
            options: options,
            threadCount: max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
        )
        show(report)
        guard let list else {
            if !report.failures.isEmpty { throw ExitCode.failure }
            return
        }
        let names = try ConformanceList(path: list)
        if updateList { try names.adding(report, path: list) }
        try ConformanceList(path: list).check(report, isPartial: filter != nil)
    }

    private func show(_ report: ConformanceReport) {
        guard json else {
            for failure in report.failures { print("\(failure.name): \(failure.reason)") }
            print(report.summary)
            return
        }
        var failures = JSONObject()
        for failure in report.failures { failures[failure.name] = .string(failure.reason) }
        printJSON(["passed": .array(report.passed.map { .string($0) }), "failed": .object(failures)])
    }
}
