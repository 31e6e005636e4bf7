import ArgumentParser
import ContentStore
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
        print("\(manifest.name) \(manifest.version): \(manifest.description)")
        print("folder      \(environment.folder)")
        if let base = manifest.base { print("base        \(base)") }
        print("runs as     \(manifest.runAs)")
        print("entrypoint  \((manifest.entrypoint + manifest.command).joined(separator: " "))")
        for note in manifest.notes { print("note        \(note)") }
        for platform in platforms {
            print("platform    linux/\(platform.architecture)")
            for tag in try environment.derivedTags(platform.architecture) {
                print("  tag       \(tag.name) \(tag.value)")
            }
            for package in platform.packages {
                print("  debian    \(package.name) \(package.version) \(package.digest)")
            }
            for wheel in platform.wheels { print("  python    \(wheel.name) \(wheel.version) \(wheel.digest)") }
        }
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
