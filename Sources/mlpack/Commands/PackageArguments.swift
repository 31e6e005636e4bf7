import ArgumentParser
import ContentStore
import Downloads
import Environments

/// Which environments there are, and where their packages come from.
struct PackageArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Option(
        help: ArgumentHelp(
            "A base address of a Debian archive, instead of those of this machine's apt; may be given more than once.",
            valueName: "url"
        )
    )
    var mirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "A package index of Python, instead of that of this machine's pip; may be given more than once.",
            valueName: "url"
        )
    )
    var indexUrl: [String] = []

    @Option(
        help: ArgumentHelp(
            "A folder or a page with wheels to look in too; may be given more than once.",
            valueName: "path"
        )
    )
    var findLinks: [String] = []

    @Flag(help: "Fetch nothing: take what is in the cache.")
    var offline = false

    /// The environment of a name, or of a folder.
    func environment(named name: String) throws -> CuratedEnvironment {
        try EnvironmentFolders(given: environmentsDir).environment(named: name)
    }

    /// Fetches what an environment consists of into the cache.
    func fetcher(for environment: CuratedEnvironment, allowsUnsigned: Bool = false) throws -> EnvironmentFetcher {
        let store = try ContentStore(root: ContentStore.userCacheFolder)
        return try EnvironmentFetcher(
            for: environment.manifest,
            downloader: Downloader(store: store, isOffline: offline),
            mirrors: mirror,
            indexes: indexUrl,
            findLinks: findLinks,
            allowsUnsigned: allowsUnsigned
        )
    }
}
