import ContentStore
import DebianPackages
import Diagnostics
import Files
package import PythonPackages

extension CuratedEnvironment {
    /// Resolves what the manifest asks for to the newest versions that fit together, for each architecture.
    ///
    /// *Parameter* warn: takes what a person should know.
    /// *Throws*: `scripts` for packages whose maintainer scripts matter and are not listed; the errors of archives,
    /// indexes and downloads.
    package func resolve(_ fetcher: EnvironmentFetcher, warn: (String) -> Void) throws -> EnvironmentLock {
        for note in manifest.notes { warn(note) }
        let files = try manifest.files.map { file in
            EnvironmentLock.File(source: file.source, digest: try digestOfFile(path(ofFile: file.source)).digest)
        }
        let platforms = try manifest.architectures.map { architecture in
            var platform = EnvironmentLock.Platform(architecture: architecture)
            if let debian = manifest.debian {
                platform.packages = try within(manifestPath) {
                    try resolve(debian, architecture, fetcher, warn)
                }
            }
            if let python = manifest.python {
                platform.wheels = try within(manifestPath) {
                    try resolve(python, architecture, platform.packages, fetcher)
                }
            }
            return platform
        }
        return EnvironmentLock(manifest: manifestDigest, files: files, platforms: platforms)
    }

    private func resolve(
        _ debian: DebianContents,
        _ architecture: String,
        _ fetcher: EnvironmentFetcher,
        _ warn: (String) -> Void
    ) throws -> [EnvironmentLock.Package] {
        let index = try fetcher.archives.index(
            suites: debian.suites,
            components: debian.components,
            architecture: architecture,
            warn: warn
        )
        let whole = debian.packages.filter { $0.keep == nil }
        let resolution = try index.resolve(whole.map(\.request), excluding: debian.exclude)
        for dropped in resolution.dropped {
            warn("\(dropped.package) (\(architecture)) goes without `\(dropped.relation)`, which is excluded")
        }
        var packages = try locked(resolution.packages, allowed: debian.skipScripts, fetcher, warn)
        for partial in debian.packages where partial.keep != nil {
            guard !packages.contains(where: { $0.name == partial.name }) else {
                throw EnvironmentError(
                    .manifest,
                    at: .item("package", partial.name),
                    "the package is taken whole because of others, and cannot be taken in part"
                )
            }
            let package = try index.newest(partial.request)
            packages.append(EnvironmentLock.Package(package, requires: [], skippedScripts: []))
        }
        return packages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Packages with the scripts that an installation would run and that they may go without.
    ///
    /// *Throws*: `scripts` once for all packages that may not.
    private func locked(
        _ packages: [ResolvedPackage],
        allowed: [String],
        _ fetcher: EnvironmentFetcher,
        _ warn: (String) -> Void
    ) throws -> [EnvironmentLock.Package] {
        var locked: [EnvironmentLock.Package] = []
        var refused: [String] = []
        for package in packages {
            let path = try fetcher.archives.fetch(package)
            do {
                let scripts = try DebianPackage(path: path, into: Spool()) { _ in false }
                    .skippedScripts(allowing: allowed).map(\.script)
                locked.append(
                    EnvironmentLock.Package(package, requires: package.dependsOn, skippedScripts: scripts)
                )
            } catch let error as DebianPackagesError where error.code == .scripts {
                warn("\(error) (\(package.why))" + (error.hint.map { "; \($0)" } ?? ""))
                refused.append(package.name)
            }
        }
        guard refused.isEmpty else {
            throw EnvironmentError(
                .scripts,
                "the maintainer scripts of some packages may do what the image needs, and scripts are not run: "
                    + refused.map { "`\($0)`" }.joined(separator: ", "),
                hint:
                    "list those that may stay unrun in `skip-scripts`, those that the image does not need in `exclude`"
            )
        }
        return locked
    }

    private func resolve(
        _ python: PythonContents,
        _ architecture: String,
        _ packages: [EnvironmentLock.Package],
        _ fetcher: EnvironmentFetcher
    ) throws -> [LockedWheel] {
        let target = try python.target(architecture, packages)
        let requirements = try python.requirements.map { try PythonRequirement(parsing: $0) }
        let distributions = try PythonDistribution.all(in: packages, fetcher.archives)
        let wheels = try PythonPackages.resolve(
            requirements,
            for: target,
            provided: Dictionary(distributions.map { ($0.name, $0.version) }) { first, _ in first },
            excluding: Set(python.exclude.map { normalizedName($0) }),
            from: fetcher.indexes,
            fetcher.downloader
        )
        let names = Set(wheels.map(\.name))
        // What Debian's packages bring is in the lock under their names.
        return wheels.map { wheel in
            LockedWheel(
                name: wheel.name,
                version: wheel.version,
                file: wheel.file,
                digest: wheel.digest,
                byteCount: wheel.byteCount,
                requires: wheel.requires.filter { names.contains($0) }
            )
        }
    }
}

extension DebianContents.Package {
    /// The package in the words of a resolution.
    fileprivate var request: String { version.map { "\(name)=\($0)" } ?? name }
}

extension EnvironmentLock.Package {
    fileprivate init(_ package: ResolvedPackage, requires: [String], skippedScripts: [String]) {
        self.init(
            name: package.name,
            version: package.version,
            architecture: package.architecture,
            archive: package.archive,
            suite: package.suite,
            path: package.path,
            digest: package.digest,
            byteCount: package.byteCount,
            source: package.source,
            requires: requires,
            skippedScripts: skippedScripts
        )
    }

    /// The version of what is packaged: without Debian's epoch, revision and repackaging.
    ///
    /// *Source*: Debian policy 5.6.12.
    package var upstreamVersion: String {
        let version = self.version.split(separator: ":").last.map(String.init) ?? self.version
        let upstream = version.lastIndex(of: "-").map { String(version[..<$0]) } ?? version
        return String(upstream.prefix { $0 != "+" && $0 != "~" })
    }
}

extension PythonContents {
    /// The Python that wheels are chosen for: the version that Debian's packages have, where they have one.
    package func target(
        _ architecture: String,
        _ packages: [EnvironmentLock.Package]
    ) throws -> PythonTarget {
        let interpreter = packages.first { $0.name == "python\(version)-minimal" }
        return try PythonTarget(
            version: interpreter?.upstreamVersion ?? version,
            architecture: architecture == "arm64" ? .arm64 : .x86,
            glibc: libc
        )
    }
}
