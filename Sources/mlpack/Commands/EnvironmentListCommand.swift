import ArgumentParser
import Diagnostics
import Environments
import JSON

struct EnvironmentListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the environments that an image can be built from."
    )

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Flag(help: "Print the list as JSON.")
    var json = false

    func run() throws {
        let folders = EnvironmentFolders(given: environmentsDir)
        var environments: [CuratedEnvironment] = []
        var isDamaged = false
        for name in folders.names() {
            do {
                environments.append(try folders.environment(named: name))
            } catch let error as any Diagnostic {
                standardError(DiagnosticText(error, coloured: standardErrorShowsColour))
                isDamaged = true
            }
        }
        if json {
            printJSON(
                .array(
                    environments.map { environment in
                        [
                            "name": .string(environment.manifest.name),
                            "version": .string(environment.manifest.version),
                            "description": .string(environment.manifest.description),
                            "folder": .string(environment.folder),
                        ]
                    }
                )
            )
        } else {
            for environment in environments {
                let manifest = environment.manifest
                print(printable("\(manifest.name)  \(manifest.version)  \(manifest.description)"))
            }
        }
        if isDamaged { throw ExitCode(1) }
    }
}
