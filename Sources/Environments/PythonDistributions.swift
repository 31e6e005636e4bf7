import DebianPackages
import Diagnostics
import Files
import PythonPackages

/// A project of Python that is installed somewhere.
package struct PythonDistribution: Sendable, Hashable {
    /// The name as PyPI compares it.
    package let name: String
    package let version: String

    /// The distribution whose metadata stands at a path, relative to the root; `nil` for other files, and for versions
    /// that PEP 440 does not read.
    ///
    /// *Source*: PyPA's Recording installed projects; setuptools for `egg-info`.
    package init?(metadataPath path: String) {
        let components = path.split(separator: "/")
        guard let place = components.firstIndex(of: "dist-packages"), place + 1 < components.count else { return nil }
        let (folder, rest) = (components[place + 1], components[(place + 2)...])
        let isEgg = folder.hasSuffix(".egg-info")
        guard isEgg || folder.hasSuffix(".dist-info") else { return nil }
        // Metadata of an egg may be a file in place of a folder.
        guard isEgg && rest.isEmpty || rest.elementsEqual([isEgg ? "PKG-INFO" : "METADATA"]) else { return nil }
        let words = folder.dropLast(isEgg ? ".egg-info".count : ".dist-info".count).split(separator: "-")
        guard words.count >= 2, PythonVersion(words[1]) != nil else { return nil }
        name = normalizedName(words[0])
        version = String(words[1])
    }

    /// What the packages of Debian bring that are libraries of Python, whatever Debian calls them.
    static func all(
        in packages: [EnvironmentLock.Package],
        _ archives: DebianArchives
    ) throws -> [PythonDistribution] {
        var distributions: [PythonDistribution] = []
        for package in packages where package.name.hasPrefix("python3-") {
            let path = try archives.fetch(
                name: package.name,
                version: package.version,
                suite: package.suite,
                path: package.path,
                digest: package.digest,
                byteCount: package.byteCount
            )
            _ = try DebianPackage(path: path, into: Spool()) { path in
                if let distribution = PythonDistribution(metadataPath: path) { distributions.append(distribution) }
                return false
            }
        }
        return distributions
    }
}
