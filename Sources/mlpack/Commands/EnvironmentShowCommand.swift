import ArgumentParser
import ContentStore
import Environments
import JSON

struct EnvironmentShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what an environment consists of, to the byte."
    )

    @Argument(help: "The environment.")
    var name: String

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Flag(help: "Print it as JSON.")
    var json = false

    func run() throws {
        let environment = try EnvironmentFolders(given: environmentsDir).environment(named: name)
        let manifest = environment.manifest
        let packages = try environment.currentLock().packages
        if json {
            printJSON([
                "name": .string(manifest.name),
                "version": .string(manifest.version),
                "description": .string(manifest.description),
                "folder": .string(environment.folder),
                "packages": .array(
                    packages.map { package in
                        [
                            "name": .string(package.name), "version": .string(package.version),
                            "digest": .string(package.digest.description),
                        ]
                    }
                ),
            ])
        } else {
            print("\(manifest.name) \(manifest.version): \(manifest.description)")
            print("folder      \(environment.folder)")
            print("runs as     \(manifest.runAs)")
            print("entrypoint  \((manifest.entrypoint + manifest.command).joined(separator: " "))")
            for package in packages { print("package     \(package.name) \(package.version) \(package.digest)") }
        }
    }
}
