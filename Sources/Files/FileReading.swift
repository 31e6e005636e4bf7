import Diagnostics
import Glibc

/// The bytes of a file, at most `limit` of them.
///
/// *Parameter* takesPipes: whether it may be a pipe or a terminal, whose writer is waited for.
/// *Throws*: `notFound`, `refused`, and `tooLarge` when the file holds more than `limit` bytes.
package func readFile(_ path: String, limit: Int, takesPipes: Bool = true) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (takesPipes ? 0 : O_NONBLOCK | O_NOCTTY))
    guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(errno: errno, "reading", path: path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(errno: EISDIR, "reading", path: path) }
    // Devices such as /dev/zero have no end; a terminal has one.
    guard status.st_mode & S_IFMT != S_IFCHR || isatty(descriptor) == 1 else {
        throw FileError(.refused, at: .file(path), "reading: a device, expected a file or a pipe")
    }
    guard takesPipes || status.st_mode & S_IFMT == S_IFREG else {
        throw FileError(.refused, at: .file(path), "reading: not a regular file")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(limit, max(0, Int(status.st_size))))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
        let count = read(descriptor, chunk.baseAddress, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileError(errno: errno, "reading", path: path) }
        guard count > 0 else { return bytes }
        guard bytes.count + count <= limit else {
            throw FileError(.tooLarge, at: .file(path), "the file is too large, expected at most \(limit) bytes")
        }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// Hands the bytes of a file to `consume` in pieces of at most 1 MiB, so that memory stays constant.
///
/// *Throws*: `notFound`, `refused`, and whatever `consume` throws.
package func readFileInPieces(_ path: String, _ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
    defer { close(descriptor) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    while true {
        let count = read(descriptor, chunk.baseAddress, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileError(errno: errno, "reading", path: path) }
        guard count > 0 else { return }
        try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
}

/// Hands some bytes of a file to `consume` in pieces of at most 1 MiB.
///
/// *Throws*: `notFound`, `refused` also when the file ends before, and whatever `consume` throws.
package func readFileInPieces(
    _ path: String,
    offset: Int,
    byteCount: Int,
    _ consume: (UnsafeRawBufferPointer) throws -> Void
) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
    defer { close(descriptor) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    var done = 0
    while done < byteCount {
        let count = pread(descriptor, chunk.baseAddress, min(chunk.count, byteCount - done), off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileError(errno: errno, "reading", path: path) }
        guard count > 0 else { throw FileError(.refused, at: .file(path), "the file became shorter") }
        try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        done += count
    }
}

/// The size of a regular file; `nil` where there is none.
package func fileByteCount(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
}

/// Whether two paths lead to the same file.
package func isSameFile(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(path, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}

/// The first byte of a regular file; `nil` where there is none, or no such file.
///
/// What a pipe holds can be read only once, and is left to whoever reads all of it.
package func firstByte(of path: String) -> UInt8? {
    guard fileByteCount(path) != nil else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    return read(descriptor, &byte, 1) == 1 ? byte : nil
}

/// Whether the owner of a file may run it, whoever asks.
package func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IXUSR != 0
}
