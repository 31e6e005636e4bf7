package import DebianPackages
import Diagnostics
package import Downloads
package import Files

extension CuratedEnvironment {
    /// The locked packages of an architecture, fetched and unpacked as far as the manifest wants them.
    ///
    /// *Parameter* sources: the repositories of the machine.
    /// *Parameter* spool: takes the contents of the files.
    /// *Parameter* mirrors: base addresses to ask instead of those.
    /// *Throws*: `lock` and `stale`, `lock` with a hint when no repository has the locked version any more, and the
    /// errors of downloads and archives.
    package func packages(
        architecture: String,
        sources: [AptSource] = readAptSources(),
        mirrors: [String] = [],
        by downloader: Downloader,
        into spool: Spool
    ) throws -> [(lock: EnvironmentLock.Package, package: DebianPackage)] {
        let lock = try currentLock()
        let mirrored = mirrors.map { AptSource(address: $0, for: manifest) }
        let archives = DebianArchives(sources: mirrors.isEmpty ? sources : mirrored, downloader: downloader)
        return try manifest.packages.map { wanted in
            let locked = lock.packages.first {
                $0.name == wanted.name && [architecture, "all"].contains($0.architecture)
            }
            guard let locked else {
                throw EnvironmentError(
                    .lock,
                    at: .file(lockPath),
                    "package `\(wanted.name)` for \(architecture) is not locked",
                    hint: "run `mlpack environment lock \(manifest.name)`"
                )
            }
            let path = try archives.fetch(
                name: locked.name,
                version: locked.version,
                suite: locked.suite,
                path: locked.path,
                digest: locked.digest,
                byteCount: locked.byteCount
            )
            let keep = wanted.keep + (manifest.certificates.map { $0.package == wanted.name ? [$0.folder] : [] } ?? [])
            let package = try within("\(locked.name) \(locked.version)") {
                try DebianPackage(path: path, into: spool) { path in
                    keep.contains { path == $0 || path.hasPrefix($0 + "/") }
                }
            }
            return (locked, package)
        }
    }
}
