import ArgumentParser
import ContentStore
import DebianPackages
import Diagnostics
import Downloads
import Environments
import Files

struct EnvironmentLockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Resolve an environment's packages to their newest versions, and write its lock.",
        discussion: """
            Reads the indexes of the Debian repositories in this machine's apt configuration, whose signatures gpgv \
            verifies. Needs no root, and leaves apt's own state alone.
            """
    )

    @Argument(help: "The environment.")
    var name: String

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Option(
        help: ArgumentHelp(
            "A base address with all suites of the environment, instead of the sources of this machine's apt.",
            valueName: "url"
        )
    )
    var mirror: String?

    func run() throws {
        let environment = try EnvironmentFolders(given: environmentsDir).environment(named: name)
        let store = try ContentStore(root: ContentStore.userCacheFolder)
        var sources = readAptSources()
        if let mirror {
            sources = [AptSource(address: mirror, for: environment.manifest)]
        }
        let lock = try environment.resolve(sources: sources, by: Downloader(store: store)) { words in
            standardError("warning: \(words)")
        }
        try writeFile(environment.lockPath, lock.bytes)
        for package in lock.packages { print("\(package.name) \(package.version) \(package.suite)") }
    }
}
