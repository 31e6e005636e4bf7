import Diagnostics
import Glibc

/// A folder that belongs to one process until the lock goes; other processes that want it wait.
package final class FolderLock: Sendable {
    private let descriptor: CInt

    /// Waits for the folder, which has to be there.
    ///
    /// *Throws*: `notFound` and `refused`.
    package init(_ path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            guard code == EINTR else {
                close(descriptor)
                throw FileError(errno: code, "locking", path: path)
            }
        }
    }

    deinit { close(descriptor) }
}
