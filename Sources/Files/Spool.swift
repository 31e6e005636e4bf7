import Diagnostics
import Glibc

/// A temporary file that takes the contents of many files, one after the other: what a compressed archive holds, where
/// it can be read again at any place.
///
/// The file has no name, and is gone with the spool and the last of the ranges that it gave.
package final class Spool {
    private let file: OpenFile
    private var byteCount = 0

    /// A spool of nothing yet, in `$TMPDIR` or `/tmp`.
    ///
    /// *Throws*: `refused` when the file cannot be made.
    package init() throws(FileError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/mlpack-spool.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: name) }
        file = OpenFile(descriptor: descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        // At once, so that nothing stays when the process is killed.
        unlink(name)
    }

    /// Appends what `write` hands to its argument, and says where it stands.
    ///
    /// *Throws*: `refused`, for instance when the disk is full, and whatever `write` throws; then the next content
    /// stands behind what was written of this one.
    package func add(_ write: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws -> FileRange {
        let offset = byteCount
        try write { bytes in try append(bytes) }
        return FileRange(of: file, offset: offset, byteCount: byteCount - offset)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno: errno, "writing", path: file.path) }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

/// An open file, which is closed when nobody knows of it any more.
final class OpenFile: Sendable {
    let descriptor: CInt

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Where Linux opens the file again, whether it has a name or not.
    var path: String { "/proc/self/fd/\(descriptor)" }
}
