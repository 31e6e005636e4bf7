package import ContentStore
import Diagnostics
import JSON

/// What an environment consists of to the byte: the content of `environment.lock.json`, which `mlpack environment lock`
/// writes.
///
/// It names no server: packages are fetched from the base addresses that the machine's own apt uses.
package struct EnvironmentLock: Sendable, Hashable {
    /// A Debian package of one version.
    package struct Package: Sendable, Hashable {
        package let name: String
        package let version: String
        package let architecture: String
        /// The path below a base address: `pool/main/c/ca-certificates/….deb`.
        package let path: String
        package let digest: Digest
        package let byteCount: Int
        /// The suite whose index named it.
        package let suite: String

        /// A package of one version.
        package init(
            name: String,
            version: String,
            architecture: String,
            path: String,
            digest: Digest,
            byteCount: Int,
            suite: String
        ) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.path = path
            self.digest = digest
            self.byteCount = byteCount
            self.suite = suite
        }
    }

    /// The `schema` of the locks that are read here.
    package static let schema = "mlpack.dev/environment-lock/v1"

    /// The digest of the `environment.yaml` that was resolved.
    package var manifest: Digest
    package var packages: [Package]

    /// A lock of packages for a manifest.
    package init(manifest: Digest, packages: [Package]) {
        self.manifest = manifest
        self.packages = packages
    }

    /// Reads a lock.
    ///
    /// *Throws*: `lock`, and JSON's own errors.
    package init(_ bytes: [UInt8]) throws {
        let root = try JSONValue.parse(bytes)
        guard root["schema"]?.string == Self.schema else {
            throw EnvironmentError(.unsupported, "another schema is not read here, expected `\(Self.schema)`")
        }
        func text(_ json: JSONValue, _ key: String) throws -> String {
            guard let text = json[key]?.string else {
                throw EnvironmentError(.lock, "`\(key)` is missing, expected a string")
            }
            return text
        }
        manifest = try Digest(parsing: text(root, "manifest"))
        packages = try (root["packages"]?.array ?? []).map { package in
            guard let byteCount = package["size"]?.number?.int64, byteCount > 0 else {
                throw EnvironmentError(.lock, "`size` is missing, expected a number of bytes")
            }
            let path = try text(package, "path")
            let components = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(
                String.init
            )
            guard components.first != "", !components.contains("..") else {
                throw EnvironmentError(.lock, "`path` climbs, expected one below a base address, got `\(path)`")
            }
            return Package(
                name: try text(package, "name"),
                version: try text(package, "version"),
                architecture: try text(package, "architecture"),
                path: path,
                digest: try Digest(parsing: text(package, "digest")),
                byteCount: Int(byteCount),
                suite: try text(package, "suite")
            )
        }
    }

    /// The lock as it is stored.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "schema": .string(Self.schema),
            "manifest": .string(manifest.description),
            "packages": .array(
                packages.map { package in
                    [
                        "name": .string(package.name),
                        "version": .string(package.version),
                        "architecture": .string(package.architecture),
                        "suite": .string(package.suite),
                        "path": .string(package.path),
                        "digest": .string(package.digest.description),
                        "size": .number(JSONNumber(package.byteCount)),
                    ]
                }
            ),
        ]
        return json.serialized(.pretty) + [UInt8(ascii: "\n")]
    }
}
