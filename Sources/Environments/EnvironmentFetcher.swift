package import ContentStore
package import DebianPackages
import Diagnostics
package import Downloads
package import PythonPackages

/// Where the parts of environments come from, and the cache that they are kept in.
package struct EnvironmentFetcher: Sendable {
    package let archives: DebianArchives
    package let indexes: PackageIndexes
    package let downloader: Downloader

    /// The cache.
    package var store: ContentStore { downloader.store }

    /// The path that `fetch` gives, once the file is what its digest says: a damaged one in the cache is fetched anew.
    ///
    /// *Throws*: `lock` when it is another still, and what `fetch` throws, as offline.
    package func verified(_ digest: Digest, fetch: () throws -> String) throws -> String {
        let path = try fetch()
        if try digestOfFile(path).digest == digest { return path }
        try store.remove(digest)
        let again = try fetch()
        let got = try digestOfFile(again).digest
        guard got == digest else {
            throw EnvironmentError(
                .lock,
                at: .file(again),
                "the file has another digest, expected `\(digest)`, got `\(got)`"
            )
        }
        return again
    }

    /// The sources of this machine's apt and pip, unless others are named.
    ///
    /// *Parameter* manifest: what is fetched; a mirror has every suite that it names.
    /// *Parameter* mirrors: base addresses of archives.
    /// *Parameter* indexes: addresses of package indexes of Python.
    /// *Parameter* findLinks: folders and pages with wheels.
    /// *Parameter* allowsUnsigned: whether an archive will do whose signature nobody can verify.
    /// *Throws*: `configuration` for what pip's files say.
    package init(
        for manifest: EnvironmentManifest,
        downloader: Downloader,
        mirrors: [String] = [],
        indexes: [String] = [],
        findLinks: [String] = [],
        allowsUnsigned: Bool = false
    ) throws {
        self.downloader = downloader
        let debian = manifest.debian
        let given = mirrors.map {
            AptSource(address: $0, suites: debian?.suites ?? [], components: debian?.components ?? [])
        }
        archives = DebianArchives(
            sources: given.isEmpty ? readAptSources() : given,
            downloader: downloader,
            policy: DebianArchives.Policy(allowsUnsigned: allowsUnsigned)
        )
        let configuration = try PipConfiguration()
        self.indexes = try PackageIndexes(
            indexes: indexes.isEmpty ? configuration.indexes : indexes,
            findLinks: findLinks.isEmpty && indexes.isEmpty ? configuration.findLinks : findLinks
        )
    }
}
