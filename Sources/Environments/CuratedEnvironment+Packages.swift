package import Archives
import ContentStore
import Diagnostics
package import Downloads
import Files

extension CuratedEnvironment {
    /// The locked packages of an architecture, fetched and unpacked as far as the manifest wants them.
    ///
    /// *Parameter* sources: the repositories of the machine.
    /// *Parameter* mirrors: base addresses to ask instead of those.
    /// *Throws*: `lock` and `stale`, `lock` with a hint when no repository has the locked version any more, and the
    /// errors of downloads and archives.
    package func packages(
        architecture: String,
        sources: [AptSource] = readAptSources(),
        mirrors: [String] = [],
        by downloader: Downloader
    ) throws -> [(lock: EnvironmentLock.Package, package: DebianPackage)] {
        let lock = try currentLock()
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
            let path = try fetch(locked, addresses(locked, sources, mirrors), downloader)
            let keep = wanted.keep + (manifest.certificates.map { $0.package == wanted.name ? [$0.folder] : [] } ?? [])
            let package = try within("\(locked.name) \(locked.version)") {
                try DebianPackage(readFile(path, limit: locked.byteCount)) { path in
                    keep.contains { path == $0 || path.hasPrefix($0 + "/") }
                }
            }
            return (locked, package)
        }
    }

    /// The addresses of a package: below the mirrors, or the repositories that have its suite before the others.
    private func addresses(_ package: EnvironmentLock.Package, _ sources: [AptSource], _ mirrors: [String]) -> [String]
    {
        var seen: Set<String> = []
        let bases =
            mirrors.isEmpty
            ? (sources.filter { $0.suites.contains(package.suite) }
                + sources.filter { $0.components.contains("main") }).map(\.address)
            : mirrors
        return bases.filter { seen.insert($0).inserted }.map { "\($0)/\(package.path)" }
    }

    private func fetch(
        _ package: EnvironmentLock.Package,
        _ addresses: [String],
        _ downloader: Downloader
    ) throws -> String {
        do {
            return try downloader.fetch(package.digest, byteCount: package.byteCount, from: addresses)
        } catch let error as DownloadError where error.code == .notFound {
            let place = Place.item("package", package.name, "\(package.version), environment \(manifest.name)")
            guard !addresses.isEmpty else {
                throw EnvironmentError(
                    .sources,
                    at: place,
                    "this machine's apt has no source to fetch it from, expected one of Debian",
                    hint: "name one with --mirror <address of a Debian archive>"
                )
            }
            throw EnvironmentError(
                .lock,
                at: place,
                "the locked version is at no source of this machine's apt",
                cause: error,
                hint: "take the current version with `mlpack environment lock \(manifest.name)`, "
                    + "or keep the locked one with --mirror <address of an archive that has it>"
            )
        }
    }
}
