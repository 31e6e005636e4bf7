package import ContentStore
import Diagnostics
import Files
import Glibc
import PythonPackages

/// A curated environment: a folder with a manifest and the lock that was made from it.
package struct CuratedEnvironment: Sendable {
    /// The folder, `…/onnx-serve`.
    package let folder: String
    package let manifest: EnvironmentManifest
    package let manifestDigest: Digest
    /// The lock as it is stored; `nil` when there is none.
    private let lockBytes: [UInt8]?
    package let lockDigest: Digest?

    /// The manifest's path.
    package var manifestPath: String { folder + "/environment.yaml" }

    /// The lock's path.
    package var lockPath: String { folder + "/environment.lock.json" }

    /// The path of a file of the environment.
    ///
    /// *Throws*: `manifest` for a link that leads out of the folder, and the errors of files.
    package func path(ofFile source: String) throws -> String {
        let path = "\(folder)/\(source)"
        guard try leads(path, into: folder) else {
            throw EnvironmentError(
                .manifest,
                at: .file(path),
                "the link leads out of the folder of the environment, got `\(try realPath(path))`"
            )
        }
        return path
    }

    /// Reads the environment in a folder.
    ///
    /// *Throws*: the errors of its two files, with their paths.
    package init(folder: String) throws {
        self.folder = folder
        let manifestPath = folder + "/environment.yaml"
        let manifestBytes = try readFile(manifestPath, limit: 1 << 20)
        manifest = try within(manifestPath) {
            try EnvironmentManifest(manifestBytes) { try readFile("\(folder)/\($0)", limit: 1 << 20) }
        }
        manifestDigest = try Self.digest(manifestBytes, manifest.companions.map { "\(folder)/\($0)" })
        let lockPath = folder + "/environment.lock.json"
        guard access(lockPath, F_OK) == 0 else {
            lockBytes = nil
            lockDigest = nil
            return
        }
        let bytes = try readFile(lockPath, limit: EnvironmentLock.byteLimit)
        lockBytes = bytes
        lockDigest = Digest(of: bytes)
    }

    /// The digest of a manifest with all that is read with it.
    private static func digest(_ manifest: [UInt8], _ companions: [String]) throws -> Digest {
        guard !companions.isEmpty else { return Digest(of: manifest) }
        let digests = try [Digest(of: manifest)] + companions.map { try digestOfFile($0).digest }
        return Digest(of: Array(digests.map { "\($0)\n" }.joined().utf8))
    }

    /// The lock, whatever manifest it belongs to; `nil` when the environment was never locked.
    ///
    /// *Throws*: the errors of reading locks, with the path.
    package func lock() throws -> EnvironmentLock? {
        try lockBytes.map { bytes in try within(lockPath) { try EnvironmentLock(bytes) } }
    }

    /// The lock, when it belongs to the manifest as it stands.
    ///
    /// *Throws*: `lock` when there is none, `stale` when the manifest changed after it was locked, and the errors of
    /// reading locks.
    package func currentLock() throws -> EnvironmentLock {
        let hint = "run `mlpack environment lock \(manifest.name)`"
        guard let lock = try lock() else {
            throw EnvironmentError(.lock, at: .file(lockPath), "the environment is not locked", hint: hint)
        }
        guard lock.manifest == manifestDigest else {
            throw EnvironmentError(
                .stale,
                at: .file(lockPath),
                "the manifest changed after it was locked, expected `\(lock.manifest)`, got `\(manifestDigest)`",
                hint: hint
            )
        }
        try checkComplete(lock)
        return lock
    }

    /// Whether the lock has all that the manifest asks for by name; a requirement may be for another machine.
    private func checkComplete(_ lock: EnvironmentLock) throws {
        func missing(_ name: String) -> EnvironmentError {
            EnvironmentError(
                .lock,
                at: .file(lockPath),
                "`\(name)`, which the manifest asks for, is not in the lock",
                hint: "a lock is not edited by hand: run `mlpack environment lock \(manifest.name)`"
            )
        }
        for file in manifest.files where !lock.files.contains(where: { $0.source == file.source }) {
            throw missing(file.source)
        }
        let requirements = try (manifest.python?.requirements ?? []).map { try PythonRequirement(parsing: $0) }
        for platform in lock.platforms {
            let (packages, wheels) = (Set(platform.packages.map(\.name)), Set(platform.wheels.map(\.name)))
            for package in manifest.debian?.packages ?? [] where !packages.contains(package.name) {
                throw missing(package.name)
            }
            for requirement in requirements where requirement.marker == nil && !wheels.contains(requirement.name) {
                guard !packages.contains("python3-\(requirement.name)") else { continue }
                throw missing(requirement.name)
            }
        }
    }
}

/// Runs `body`, and places its diagnostics in a file.
func within<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as any Diagnostic {
        throw error.within(.file(path))
    }
}
