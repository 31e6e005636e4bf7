import Diagnostics
import Glibc
package import Tensors

/// How the bytes of a file are reached.
package enum FileAccess: Sendable {
    /// They stay in the file, and share the memory of its cache with other processes.
    case mapped
    /// They are read once: what happens to the file later changes nothing.
    case copied
}

/// Maps a whole file for reading.
///
/// *Throws*: `notFound`, `refused`.
package func mapFile(_ path: String) throws(OnnxReaderError) -> MemoryRegion {
    try FileAccess.mapped.open(path, .default)
}

extension FileAccess {
    /// All bytes of the file at a path.
    ///
    /// *Throws*: `notFound`, `refused`, `limit`.
    func open(_ path: String, _ limits: OnnxLimits) throws(OnnxReaderError) -> MemoryRegion {
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OnnxReaderError(errno: errno, "opening") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw OnnxReaderError(errno: errno, "reading") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw OnnxReaderError(.refused, "reading: not a regular file")
        }
        if self == .copied { try limits.check(fileByteCount: Int(status.st_size)) }
        return try region(descriptor, status)
    }

    /// All bytes of an open file.
    ///
    /// *Throws*: `refused` when the kernel refuses, or the file changes while it is read.
    func region(_ descriptor: CInt, _ status: stat) throws(OnnxReaderError) -> MemoryRegion {
        let byteCount = Int(status.st_size)
        switch self {
        case .mapped:
            guard let region = MemoryRegion.mapping(descriptor: descriptor, offset: 0, byteCount: byteCount) else {
                throw OnnxReaderError(errno: errno, "mapping")
            }
            return region
        case .copied:
            let region: MemoryRegion?
            do throws(TensorError) {
                region = try MemoryRegion.reading(descriptor: descriptor, byteCount: byteCount)
            } catch {
                throw OnnxReaderError(.refused, error.message)
            }
            let code = errno
            var after = stat()
            guard region != nil || code == 0, fstat(descriptor, &after) == 0 else {
                throw OnnxReaderError(errno: code, "reading")
            }
            let isSame =
                after.st_size == status.st_size && after.st_mtim.tv_sec == status.st_mtim.tv_sec
                && after.st_mtim.tv_nsec == status.st_mtim.tv_nsec
            guard let region, isSame else {
                throw OnnxReaderError(
                    .refused,
                    "the file changed while it was read",
                    hint: "write a model under another name and rename it when it is whole"
                )
            }
            return region
        }
    }
}
