import ArgumentParser
import ContentStore
import Diagnostics
import Environments
import JSON
import PythonPackages

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
        let platforms = manifest.isLocked ? try environment.currentLock().platforms : []
        if json {
            printJSON([
                "name": .string(manifest.name),
                "version": .string(manifest.version),
                "description": .string(manifest.description),
                "folder": .string(environment.folder),
                "base": manifest.base.map { .string($0) } ?? .null,
                "notes": .array(manifest.notes.map { .string($0) }),
                "platforms": .array(try platforms.map { try platformJSON($0, environment) }),
            ])
            return
        }
        print(printable(try text(environment, platforms)))
    }

    private func text(_ environment: CuratedEnvironment, _ platforms: [EnvironmentLock.Platform]) throws -> String {
        let manifest = environment.manifest
        var lines = ["\(manifest.name) \(manifest.version): \(manifest.description)"]
        lines.append("folder      \(environment.folder)")
        if let base = manifest.base { lines.append("base        \(base)") }
        lines.append("runs as     \(manifest.runAs)")
        lines.append("entrypoint  \((manifest.entrypoint + manifest.command).joined(separator: " "))")
        lines += manifest.notes.map { "note        \($0)" }
        for platform in platforms {
            lines.append("platform    linux/\(platform.architecture)")
            lines += try environment.derivedTags(platform.architecture).map { "  tag       \($0.name) \($0.value)" }
            lines += platform.packages.map { "  debian    \($0.name) \($0.version) \($0.digest)" }
            lines += platform.wheels.map { "  python    \($0.name) \($0.version) \($0.digest)" }
        }
        return lines.joined(separator: "\n")
    }

    private func platformJSON(
        _ platform: EnvironmentLock.Platform,
        _ environment: CuratedEnvironment
    ) throws -> JSONValue {
        [
            "architecture": .string(platform.architecture),
            "tags": .object(
                JSONObject(try environment.derivedTags(platform.architecture).map { ($0.name, .string($0.value)) })
            ),
            "packages": .array(
                platform.packages.map { package in
                    [
                        "name": .string(package.name), "version": .string(package.version),
                        "digest": .string(package.digest.description),
                    ]
                }
            ),
            "wheels": .array(
                platform.wheels.map { wheel in
                    [
                        "name": .string(wheel.name), "version": .string(wheel.version),
                        "digest": .string(wheel.digest.description),
                    ]
                }
            ),
        ]
    }
}
