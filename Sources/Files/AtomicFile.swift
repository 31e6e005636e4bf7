import Diagnostics
package import Glibc

/// A file that appears under its name only when it is whole: written beside it, synced, and renamed.
///
/// For example:
///
///     let file = try AtomicFile(path: "model.onnx")
///     try file.write(bytes)
///     try file.commit()
///
/// Until `commit`, whatever stood under the name stays as it was; a file that is never committed leaves nothing.
package final class AtomicFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: CInt

    /// Opens a temporary file in the folder of `path`.
    ///
    /// *Parameter* mode: the permissions of the finished file, whatever the umask.
    /// *Throws*: `notFound` when the folder does not exist, `refused` when it cannot be written.
    package init(path: String, mode: mode_t = 0o644) throws(FileError) {
        self.path = path
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        var template = Array("\(folder).\(name).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: path) }
        temporaryPath = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fchmod(descriptor, mode) == 0 else {
            let code = errno
            discard()
            throw FileError(errno: code, "creating", path: path)
        }
    }

    deinit { discard() }

    /// Appends bytes.
    ///
    /// *Throws*: `refused`, for instance when the disk is full.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno: errno, "writing", path: path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Appends bytes.
    ///
    /// *Throws*: `refused`, for instance when the disk is full.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.span.bytes.withUnsafeBytes { raw throws(FileError) in try write(raw) }
    }

    /// Syncs what was written and gives it the name.
    ///
    /// *Throws*: `refused`; then nothing has changed under the name.
    package func commit() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(errno: errno, "writing", path: path) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporaryPath, path) == 0 else {
            let code = errno
            unlink(temporaryPath)
            throw FileError(errno: code, "writing", path: path)
        }
    }

    private func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(temporaryPath)
    }
}

/// Writes a whole file: under its name stand either all of `bytes` or what stood there before.
///
/// *Throws*: `notFound` when the folder does not exist, `refused` when it cannot be written or the disk is full.
package func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(FileError) {
    let file = try AtomicFile(path: path, mode: mode)
    try file.write(bytes)
    try file.commit()
}
