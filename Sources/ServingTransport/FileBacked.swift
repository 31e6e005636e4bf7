import Glibc
import Synchronization

/// A value that files hold, and that is read anew while the server runs.
package final class FileBacked<Value: Sendable>: Sendable {
    private let paths: [String]
    private let read: @Sendable () throws -> Value
    private let state: Mutex<(value: Value, fingerprint: FileFingerprint)>

    /// Reads the files.
    ///
    /// *Throws*: as `read`.
    init(_ paths: [String], _ read: @escaping @Sendable () throws -> Value) throws {
        self.paths = paths
        self.read = read
        // Before the files are read: what is written while they are is seen the next time.
        let fingerprint = FileFingerprint(paths)
        state = Mutex((try read(), fingerprint))
    }

    /// What the files held when they were read last.
    var value: Value { state.withLock { $0.value } }

    /// Reads the files anew; where they are broken, what was read before stays.
    ///
    /// *Throws*: as `init`.
    package func reload() throws {
        let value = try read()
        state.withLock { $0.value = value }
    }

    /// Whether the files look otherwise than when this was last asked, or they were first read.
    package var isOutdated: Bool {
        let fingerprint = FileFingerprint(paths)
        return state.withLock { state in
            defer { state.fingerprint = fingerprint }
            return state.fingerprint != fingerprint
        }
    }
}

/// What files look like from outside: it changes when one is written, or replaced, or when a link leads elsewhere.
private struct FileFingerprint: Sendable, Hashable {
    private struct Look: Sendable, Hashable {
        var device: UInt = 0
        var inode: UInt = 0
        var byteCount = 0
        var seconds = 0
        var nanoseconds = 0
    }

    private let looks: [Look?]

    /// How the files at some paths look now.
    init(_ paths: [String]) {
        looks = paths.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return Look(
                device: status.st_dev,
                inode: status.st_ino,
                byteCount: status.st_size,
                seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec
            )
        }
    }
}
