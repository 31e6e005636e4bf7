package import ContentStore
import Diagnostics
package import Files
import Glibc

/// The part of a blob that has arrived; it outlives the process that fetches it.
package final class PartialFile {
    package let path: String
    private let descriptor: CInt
    /// How many bytes have arrived.
    package private(set) var byteCount: Int

    /// Opens the file and waits until no other process fetches into it.
    package init(path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
        var status = stat()
        guard flock(descriptor, LOCK_EX) == 0, fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError(errno: code, "opening", path: path)
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Writes the next bytes behind those that are there.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno: errno, "writing", path: path) }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Drops what has arrived.
    package func clear() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0 else { throw FileError(errno: errno, "writing", path: path) }
        byteCount = 0
    }

    /// The digest and the size of what has arrived.
    package func digest() throws -> (digest: Digest, byteCount: Int) { try digestOfFile(path) }

    /// Makes what has arrived last through a power cut.
    package func finish() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(errno: errno, "writing", path: path) }
    }
}
