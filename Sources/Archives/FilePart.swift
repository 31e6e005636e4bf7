import CArchive
import Glibc

/// A part of a file as libarchive reads it: no more than its bytes, from their first on.
final class FilePart {
    private let descriptor: CInt
    private let start: Int
    private let byteCount: Int
    private var position = 0
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)

    /// Opens the file; `nil` with `errno` when that is refused.
    init?(path: String, offset: Int, byteCount: Int) {
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        start = offset
        self.byteCount = byteCount
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        chunk.deallocate()
    }

    /// Makes the part what `archive` reads; it has to live as long as the archive does.
    func open(in archive: OpaquePointer) -> CInt {
        let context = Unmanaged.passUnretained(self).toOpaque()
        archive_read_set_callback_data(archive, context)
        archive_read_set_read_callback(archive) { _, context, buffer in
            guard let context, let buffer else { return -1 }
            return Unmanaged<FilePart>.fromOpaque(context).takeUnretainedValue().read(buffer)
        }
        archive_read_set_skip_callback(archive) { _, context, count in
            guard let context else { return 0 }
            return Unmanaged<FilePart>.fromOpaque(context).takeUnretainedValue().skip(count)
        }
        return archive_read_open1(archive)
    }

    private func read(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        while true {
            let count = pread(
                descriptor,
                chunk.baseAddress,
                min(chunk.count, byteCount - position),
                off_t(start + position)
            )
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count }
            position += count
            buffer.pointee = UnsafeRawPointer(chunk.baseAddress)
            return count
        }
    }

    private func skip(_ count: Int64) -> Int64 {
        let skipped = min(Int(count), byteCount - position)
        position += max(0, skipped)
        return Int64(max(0, skipped))
    }
}
