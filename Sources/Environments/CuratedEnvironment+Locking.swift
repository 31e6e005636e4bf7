package import DebianPackages
import Diagnostics
package import Downloads

extension CuratedEnvironment {
    /// Resolves the packages of the manifest to the newest versions that the repositories of the machine have.
    ///
    /// *Parameter* sources: the repositories to look into.
    /// *Parameter* warn: takes what a person should know.
    /// *Throws*: the errors of Debian's archives and of downloads.
    package func resolve(
        sources: [AptSource] = readAptSources(),
        by downloader: Downloader,
        warn: (String) -> Void
    ) throws -> EnvironmentLock {
        var packages: [EnvironmentLock.Package] = []
        let archives = DebianArchives(sources: sources, downloader: downloader)
        for architecture in manifest.architectures where !manifest.packages.isEmpty {
            let index = try archives.index(
                suites: manifest.suites,
                components: manifest.components,
                architecture: architecture,
                warn: warn
            )
            let wanted = Set(manifest.packages.map(\.name))
            for package in try index.resolve(wanted.sorted()).packages where wanted.contains(package.name) {
                let locked = EnvironmentLock.Package(
                    name: package.name,
                    version: package.version,
                    architecture: package.architecture,
                    path: package.path,
                    digest: package.digest,
                    byteCount: package.byteCount,
                    suite: package.suite
                )
                if !packages.contains(locked) { packages.append(locked) }
            }
        }
        return EnvironmentLock(manifest: manifestDigest, packages: packages.sorted { $0.path < $1.path })
    }
}
