import Diagnostics
import Files
import Glibc

/// The bytes of a request's body, read where libcurl asks for them.
final class BodyReader {
    private let body: HTTPRequest.Body
    private var descriptor: CInt = -1
    /// How many bytes were given so far.
    private(set) var position = 0

    init(_ body: HTTPRequest.Body) { self.body = body }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func open() throws(FileError) {
        guard case .file(let path, _, _) = body else { return }
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
    }

    /// Starts again from the first byte.
    func rewind() { position = 0 }

    /// Fills `room`, and says with how many bytes; 0 at the end.
    func read(into room: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let wanted = min(room.count, body.byteCount - position)
        guard wanted > 0, let start = room.baseAddress else { return 0 }
        switch body {
        case .none: return 0
        case .bytes(let bytes): room.copyBytes(from: bytes[position..<position + wanted])
        case .file(let path, let offset, _):
            var done = 0
            while done < wanted {
                let count = pread(descriptor, start + done, wanted - done, off_t(offset + position + done))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw FileError(errno: errno, "reading", path: path) }
                guard count > 0 else { throw FileError(.refused, at: .file(path), "the file became shorter") }
                done += count
            }
        }
        position += wanted
        return wanted
    }
}
