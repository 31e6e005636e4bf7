import ContentStore
package import DebianPackages
import Diagnostics
import Files
package import PythonPackages
import TextFormats

/// What a lock says that its files do not.
package struct EnvironmentFinding: Sendable, Hashable {
    /// `nil` for a file of the environment's folder.
    package let architecture: String?
    /// The package, wheel or file.
    package let name: String
    package let words: String
}

extension CuratedEnvironment {
    /// Holds the lock against the files that it names: their digests, and what the packages say of themselves.
    ///
    /// *Returns*: what does not fit, in the order of the lock; nothing when all does.
    /// *Throws*: the errors of `currentLock`, and of downloads for what is not there.
    package func verify(_ fetcher: EnvironmentFetcher) throws -> [EnvironmentFinding] {
        let lock = try currentLock()
        var findings: [EnvironmentFinding] = []
        for file in lock.files where try digestOfFile(path(ofFile: file.source)).digest != file.digest {
            findings.append(EnvironmentFinding(architecture: nil, name: file.source, words: "the file changed"))
        }
        for architecture in manifest.architectures {
            guard let platform = lock.platform(architecture) else {
                findings.append(
                    EnvironmentFinding(architecture: architecture, name: manifest.name, words: "it is not locked")
                )
                continue
            }
            for package in platform.packages {
                findings += try package.mismatches(fetcher).map { words in
                    EnvironmentFinding(architecture: architecture, name: package.name, words: words)
                }
            }
            for wheel in platform.wheels {
                findings += try wheel.mismatches(fetcher).map { words in
                    EnvironmentFinding(architecture: architecture, name: wheel.name, words: words)
                }
            }
        }
        return findings
    }
}

extension EnvironmentLock.Package {
    /// The path of the package's file, from the cache or from an archive.
    ///
    /// *Throws*: `unavailable` when no archive holds the version any more, and the errors of downloads.
    package func fetch(_ fetcher: EnvironmentFetcher) throws -> String {
        try fetcher.archives.fetch(
            name: name,
            version: version,
            suite: suite,
            path: path,
            digest: digest,
            byteCount: byteCount
        )
    }

    fileprivate func mismatches(_ fetcher: EnvironmentFetcher) throws -> [String] {
        let path = try fetch(fetcher)
        let got = try digestOfFile(path).digest
        guard got == digest else { return [expected(digest, got: got, "digest")] }
        let package = try within("\(name) \(version)") { try DebianPackage(path: path, into: Spool()) { _ in false } }
        return mismatches(with: package)
    }

    /// What the package in a file says otherwise than the lock, in words.
    package func mismatches(with package: DebianPackage) -> [String] {
        var words: [String] = []
        if package.name != name { words.append(expected(name, got: package.name, "name")) }
        if package.version != version { words.append(expected(version, got: package.version, "version")) }
        let ownArchitecture = package.control["architecture"] ?? ""
        if ownArchitecture != architecture {
            words.append(expected(architecture, got: ownArchitecture, "architecture"))
        }
        return words
    }
}

extension LockedWheel {
    fileprivate func mismatches(_ fetcher: EnvironmentFetcher) throws -> [String] {
        let path = try fetch(fetcher.indexes, fetcher.downloader)
        let got = try digestOfFile(path).digest
        guard got == digest else { return [expected(digest, got: got, "digest")] }
        return mismatches(with: try Wheel(path: path, name: file))
    }

    /// What the wheel in a file says otherwise than the lock, in words.
    package func mismatches(with wheel: Wheel) -> [String] {
        var words: [String] = []
        let ownName = normalizedName(wheel.metadata.name)
        if ownName != name { words.append(expected(name, got: ownName, "name")) }
        if wheel.metadata.version != PythonVersion(version) {
            words.append(expected(version, got: wheel.metadata.version, "version"))
        }
        return words
    }
}

private func expected(_ expected: some CustomStringConvertible, got: some CustomStringConvertible, _ what: String)
    -> String
{
    "the \(what) is another, expected `\(expected)`, got `\(got)`"
}
