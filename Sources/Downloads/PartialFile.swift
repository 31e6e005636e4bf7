import ContentStore
import Diagnostics
import Files
import Glibc

/// The part of a blob that has arrived; it outlives the process that fetches it.
final class PartialFile {
    let path: String
    private let descriptor: CInt
    private(set) var byteCount: Int

    /// Opens the file and waits until no other process fetches into it.
    init(path: String) throws(FileError) {
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

    func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno: errno, "writing", path: path) }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func clear() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0 else { throw FileError(errno: errno, "writing", path: path) }
        byteCount = 0
    }

    func digest() throws -> (digest: Digest, byteCount: Int) { try digestOfFile(path) }

    func finish() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(errno: errno, "writing", path: path) }
    }
}
