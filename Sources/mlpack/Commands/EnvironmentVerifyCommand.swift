import ArgumentParser
import Diagnostics
import Environments
import JSON

struct EnvironmentVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold an environment's lock against its manifest and against the files that it names.",
        discussion: """
            Fetches what is not in the cache, unless told otherwise. Exits with 1 when something does not fit.
            """
    )

    @Argument(help: "The environment.")
    var name: String

    @OptionGroup var packages: PackageArguments

    @Flag(help: "Print what was found as JSON.")
    var json = false

    func run() throws {
        let environment = try packages.environment(named: name)
        let findings = try environment.verify(packages.fetcher(for: environment))
        if json {
            printJSON(
                .array(
                    findings.map { finding in
                        [
                            "architecture": finding.architecture.map { .string($0) } ?? .null,
                            "name": .string(finding.name),
                            "finding": .string(finding.words),
                        ]
                    }
                )
            )
        } else {
            for finding in findings {
                let name = finding.name + (finding.architecture.map { " (\($0))" } ?? "")
                print(printable("\(name): \(finding.words)"))
            }
            if findings.isEmpty { standardError("\(name): the lock and its files fit") }
        }
        if !findings.isEmpty { throw ExitCode(1) }
    }
}
