package import ContentStore
import Diagnostics
import Files
import Glibc

/// A curated environment: a folder with a manifest and the lock that was made from it.
package struct CuratedEnvironment: Sendable {
    /// The folder, `…/onnx-serve`.
    package let folder: String
    package let manifest: EnvironmentManifest
    package let manifestDigest: Digest
    /// What it consists of; `nil` when it was never locked.
    package let lock: EnvironmentLock?
    package let lockDigest: Digest?

    /// The manifest's path.
    package var manifestPath: String { folder + "/environment.yaml" }

    /// The lock's path.
    package var lockPath: String { folder + "/environment.lock.json" }

    /// Reads the environment in a folder.
    ///
    /// *Throws*: the errors of its two files, with their paths.
    package init(folder: String) throws {
        self.folder = folder
        let manifestPath = folder + "/environment.yaml"
        let manifestBytes = try readFile(manifestPath, limit: 1 << 20)
        manifest = try within(manifestPath) { try EnvironmentManifest(manifestBytes) }
        manifestDigest = Digest(of: manifestBytes)
        let lockPath = folder + "/environment.lock.json"
        guard access(lockPath, F_OK) == 0 else {
            lock = nil
            lockDigest = nil
            return
        }
        let lockBytes = try readFile(lockPath, limit: 4 << 20)
        lock = try within(lockPath) { try EnvironmentLock(lockBytes) }
        lockDigest = Digest(of: lockBytes)
    }

    /// The lock, when it belongs to the manifest as it stands.
    ///
    /// *Throws*: `lock` when there is none, `stale` when the manifest changed after it was locked.
    package func currentLock() throws(EnvironmentError) -> EnvironmentLock {
        let hint = "run `mlpack environment lock \(manifest.name)`"
        guard let lock else {
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
        return lock
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
