import ArgumentParser
import Diagnostics
import Environments
import Files
import JSON
import PythonPackages

struct EnvironmentLockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Resolve an environment's packages to their newest versions, and write its lock.",
        discussion: """
            Reads the indexes of the Debian archives in this machine's apt configuration, whose signatures gpgv \
            verifies, and the package index in pip's. Needs no root, and leaves apt and pip alone. The lock names \
            archives and files, and no host.
            """
    )

    @Argument(help: "The environment.")
    var name: String

    @OptionGroup var packages: PackageArguments

    @Flag(help: "Take a Debian archive whose signature nobody can verify, and say so.")
    var allowUnsigned = false

    @Flag(help: "Print the lock as JSON, and write nothing.")
    var dryRun = false

    func run() throws {
        let environment = try packages.environment(named: name)
        let lock = try environment.resolve(packages.fetcher(for: environment, allowsUnsigned: allowUnsigned)) { words in
            standardError(printable("warning: \(words)"))
        }
        if dryRun { return printJSON(try JSONValue.parse(lock.bytes)) }
        let changes = (try? environment.lock()).map { EnvironmentDifference(from: $0, to: lock).changes }
        try writeFile(environment.lockPath, lock.bytes)
        for platform in lock.platforms {
            let bytes = platform.packages.map(\.byteCount).reduce(0, +) + platform.wheels.map(\.byteCount).reduce(0, +)
            print(
                "\(platform.architecture)  \(platform.packages.count) Debian packages, \(platform.wheels.count) wheels, "
                    + "\(bytes) bytes"
            )
        }
        for change in changes ?? [] { print(printable(change.line)) }
    }
}
