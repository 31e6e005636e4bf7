import ArgumentParser
import Conformance
import InferenceEngine
import JSON
import OnnxIR

struct OperatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operators",
        abstract: "List the operators that models may use here."
    )

    @Flag(help: "Print the page docs/operators.md.")
    var markdown = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A folder of conformance cases that the page counts; once for each.", valueName: "folder")
    )
    var suite: [String] = []

    @Flag(help: "Print the list as JSON.")
    var json = false

    func validate() throws {
        guard !markdown || !json else { throw ValidationError("--markdown and --json exclude each other") }
        guard suite.isEmpty || markdown else { throw ValidationError("--suite needs --markdown") }
    }

    func run() throws {
        if markdown {
            let cases = try suite.flatMap { try ConformanceCase.cases(in: $0) }
            print(OperatorPage(OperatorCoverage(cases)).markdown, terminator: "")
        } else if json {
            printJSON(.array(SupportedOperator.all.map(\.json)))
        } else {
            for supported in SupportedOperator.all {
                print(supported.domain, supported.name, supported.versions.map(String.init).joined(separator: ","))
            }
        }
    }
}

extension SupportedOperator {
    fileprivate var json: JSONValue {
        [
            "domain": .string(domain.description), "name": .string(name), "group": .string(group),
            "versions": .array(versions.map { .number(JSONNumber($0)) }),
        ]
    }
}
