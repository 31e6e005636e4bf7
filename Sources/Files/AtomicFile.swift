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
    private let folder: String
    private let temporaryPath: String
    private var descriptor: CInt

    /// Opens a temporary file in the folder of `path`; where that is a link, beside what it leads to.
    ///
    /// *Parameter* mode: the permissions of the finished file, whatever the umask; else those that the umask leaves.
    /// *Throws*: `notFound` when the folder does not exist, `refused` when it cannot be written, or when `path` is
    /// something other than a regular file, such as a device.
    package init(path: String, mode: mode_t? = nil) throws(FileError) {
        let path = try Self.target(of: path)
        self.path = path
        let bytes = Array(path.utf8)
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        folder = start == 0 ? "." : String(decoding: bytes[..<start], as: UTF8.self)
        let name = String(decoding: bytes[start...].prefix(200), as: UTF8.self)
        let suffix = String(UInt64.random(in: 0 ... .max), radix: 36)
        temporaryPath = String(decoding: bytes[..<start], as: UTF8.self) + ".\(name).\(suffix)"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o666)
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: path) }
        if let mode, fchmod(descriptor, mode) != 0 {
            let code = errno
            discard()
            throw FileError(errno: code, "creating", path: path)
        }
    }

    /// The file that a path leads to, through links.
    private static func target(of path: String) throws(FileError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return path }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(.refused, at: .file(path), "writing: not a regular file")
        }
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
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
        syncFolder()
    }

    /// Makes the new name last through a power cut, where the file system can do that for a folder.
    private func syncFolder() {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
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
package func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t? = nil) throws(FileError) {
    let file = try AtomicFile(path: path, mode: mode)
    try file.write(bytes)
    try file.commit()
}
