package import ContentStore
package import PythonPackages

/// The exact packages of an environment, as they were resolved: the content of `environment.lock.json`.
///
/// It names the archives that have them, and what they are called there, and no host.
package struct EnvironmentLock: Sendable, Hashable {
    /// One version of a Debian package.
    package struct Package: Sendable, Hashable {
        package var name: String
        package var version: String
        /// `amd64`, `arm64` or `all`.
        package var architecture: String
        /// The label of the archive that signs it: `Debian`, `Debian-Security`.
        package var archive: String
        /// The suite whose index named it.
        package var suite: String
        /// Where the file stands below a base address of the archive.
        package var path: String
        package var digest: Digest
        package var byteCount: Int
        /// The source package that it is built from.
        package var source: String
        /// The packages of this lock that it needs.
        package var requires: [String]
        /// The maintainer scripts that it has and that are not run.
        package var skippedScripts: [String]

        /// A package of one version.
        package init(
            name: String,
            version: String,
            architecture: String,
            archive: String,
            suite: String,
            path: String,
            digest: Digest,
            byteCount: Int,
            source: String,
            requires: [String] = [],
            skippedScripts: [String] = []
        ) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.archive = archive
            self.suite = suite
            self.path = path
            self.digest = digest
            self.byteCount = byteCount
            self.source = source
            self.requires = requires
            self.skippedScripts = skippedScripts
        }
    }

    /// A file of the environment's own folder.
    package struct File: Sendable, Hashable {
        package var source: String
        package var digest: Digest

        /// A file, relative to the folder.
        package init(source: String, digest: Digest) {
            self.source = source
            self.digest = digest
        }
    }

    /// What an image for one architecture consists of.
    package struct Platform: Sendable, Hashable {
        package var architecture: String
        package var packages: [Package]
        package var wheels: [LockedWheel]

        /// A platform of nothing yet.
        package init(architecture: String, packages: [Package] = [], wheels: [LockedWheel] = []) {
            self.architecture = architecture
            self.packages = packages
            self.wheels = wheels
        }
    }

    /// The `schema` of the locks that are read here.
    package static let schema = "mlpack.dev/environment-lock/v2"

    /// The most bytes of a lock: tens of thousands of packages.
    package static let byteLimit = 64 << 20

    /// The most bytes of a package's file or a wheel: several times the largest that there are.
    package static let packageByteLimit = 8 << 30

    /// The digest of the `environment.yaml` that was resolved.
    package var manifest: Digest
    package var files: [File]
    package var platforms: [Platform]

    /// A lock for a manifest.
    package init(manifest: Digest, files: [File] = [], platforms: [Platform]) {
        self.manifest = manifest
        self.files = files
        self.platforms = platforms
    }

    /// The part for an architecture.
    package func platform(_ architecture: String) -> Platform? {
        platforms.first { $0.architecture == architecture }
    }
}
