import ContentStore
import Diagnostics
package import Downloads

extension CuratedEnvironment {
    /// Resolves the packages of the manifest to the newest versions that the repositories of the machine have.
    ///
    /// *Parameter* sources: the repositories to look into.
    /// *Parameter* warn: takes what a person should know.
    /// *Throws*: `sources` when no repository has a suite of the manifest, `index` when none has a package,
    /// `signature`, and the errors of downloads.
    package func resolve(
        sources: [AptSource] = readAptSources(),
        by downloader: Downloader,
        warn: (String) -> Void
    ) throws -> EnvironmentLock {
        var packages: [EnvironmentLock.Package] = []
        for architecture in manifest.architectures where !manifest.packages.isEmpty {
            let indexes = try indexes(sources, architecture, downloader, warn)
            guard !indexes.isEmpty else {
                throw EnvironmentError(
                    .sources,
                    at: .file(manifestPath),
                    "no source of this machine's apt has a suite of the environment, expected one of "
                        + manifest.suites.map { "`\($0)`" }.joined(separator: ", "),
                    hint: "name a mirror with --mirror <address of a Debian archive>"
                )
            }
            for package in manifest.packages {
                let entry = indexes.compactMap { $0.newest(package.name) }.max { $0.version < $1.version }
                guard let entry else {
                    throw EnvironmentError(.index, at: .item("package", package.name), "no suite has this package")
                }
                if !packages.contains(entry.package) { packages.append(entry.package) }
            }
        }
        return EnvironmentLock(manifest: manifestDigest, packages: packages.sorted { $0.path < $1.path })
    }

    private func indexes(
        _ sources: [AptSource],
        _ architecture: String,
        _ downloader: Downloader,
        _ warn: (String) -> Void
    ) throws -> [DebianIndex] {
        var seen: Set<String> = []
        var indexes: [DebianIndex] = []
        for source in sources {
            for suite in source.suites where manifest.suites.contains(suite) {
                for component in source.components where manifest.components.contains(component) {
                    guard seen.insert("\(source.address) \(suite) \(component)").inserted else { continue }
                    do {
                        let index = try DebianIndex(
                            source,
                            suite: suite,
                            component: component,
                            architecture: architecture,
                            by: downloader,
                            warn: warn
                        )
                        if let index { indexes.append(index) }
                    } catch let error as DownloadError where error.code == .notFound {
                        warn("\(source.address) has no suite `\(suite)`")
                    }
                }
            }
        }
        return indexes
    }
}
