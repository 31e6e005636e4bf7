import Diagnostics
import Glibc

/// A temporary file that takes the contents of many files, one after the other: what a compressed archive holds, where
/// it can be read again at any place.
///
/// The file is gone with the spool, and so are the ranges that it gave.
package final class Spool {
    private let path: String
    private let descriptor: CInt
    private var byteCount = 0

    /// A spool of nothing yet, in `$TMPDIR` or `/tmp`.
    ///
    /// *Throws*: `refused` when the file cannot be made.
    package init() throws(FileError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/mlpack-spool.XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The name is taken away at once, so that nothing stays when the process is killed; Linux opens the file again
        // by its descriptor.
        path = "/proc/self/fd/\(descriptor)"
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: name) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
    }

    deinit { close(descriptor) }

    /// Appends what `write` hands to its argument, and says where it stands.
    ///
    /// *Throws*: `refused`, for instance when the disk is full, and whatever `write` throws; then the next content
    /// stands behind what was written of this one.
    package func add(_ write: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws -> FileRange {
        let offset = byteCount
        try write { bytes in try append(bytes) }
        return FileRange(path: path, offset: offset, byteCount: byteCount - offset)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno: errno, "writing", path: path) }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
