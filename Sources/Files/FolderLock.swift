import Diagnostics
import Glibc

/// A hold on a folder, by one process or shared by several, until the lock goes.
package final class FolderLock: Sendable {
    /// Who may hold the folder at the same time.
    package enum Sharing: Sendable {
        case alone
        case withOthers
    }

    private let path: String
    private let descriptor: CInt

    /// Waits for the folder, which has to be there.
    ///
    /// *Throws*: `notFound` and `refused`.
    package init(_ path: String, _ sharing: Sharing = .alone) throws(FileError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
        while flock(descriptor, sharing == .alone ? LOCK_EX : LOCK_SH) != 0 {
            let code = errno
            // Where a file system knows no locks, folders are held by nobody.
            if [ENOLCK, EOPNOTSUPP, ENOSYS].contains(code) { return }
            guard code == EINTR else {
                close(descriptor)
                throw FileError(errno: code, "locking", path: path)
            }
        }
    }

    deinit { close(descriptor) }

    /// Makes a shared hold one of this process alone, or leaves it shared when another process has the folder.
    ///
    /// *Returns*: whether this process is alone now.
    package func holdAlone() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Makes the hold one that others may share again.
    package func share() { flock(descriptor, LOCK_SH) }
}
