package import Files
import Glibc
import Synchronization

/// A file that lines are appended to, which may be rotated under it; or standard output.
package final class LineFile: Sendable {
    private struct State {
        var descriptor: CInt
        /// Whether the last line that was written is not whole.
        var isBroken = false
    }

    /// The path; `-` is standard output.
    package let path: String
    private let mode: mode_t
    private let state: Mutex<State>

    /// Opens a file to append to, which is made when it is not there.
    ///
    /// *Parameter* mode: the rights of a file that is made.
    /// *Throws*: what keeps the file from being opened.
    package init(path: String, mode: UInt32) throws(FileError) {
        self.path = path
        self.mode = mode
        state = Mutex(State(descriptor: try Self.open(path, mode)))
    }

    deinit { state.withLock { Self.close($0.descriptor) } }

    /// Opens the path anew, as after its file was moved away; the old file stays open when that is not possible.
    ///
    /// *Throws*: what keeps the file from being opened.
    package func reopen() throws(FileError) {
        let descriptor = try Self.open(path, mode)
        state.withLock { state in
            Self.close(state.descriptor)
            state = State(descriptor: descriptor)
        }
    }

    /// How long the file is; 0 when nobody knows.
    package var byteCount: Int {
        state.withLock { state in
            var status = stat()
            return fstat(state.descriptor, &status) == 0 ? Int(status.st_size) : 0
        }
    }

    /// Appends lines, each with its line feed.
    ///
    /// The first of the lines is left out whose end does not fit on the disk, and those behind it.
    ///
    /// *Returns*: how many lines were left out.
    package func append(_ lines: [[UInt8]]) -> Int {
        state.withLock { state in
            var bytes: [UInt8] = state.isBroken ? [UInt8(ascii: "\n")] : []
            let start = bytes.count
            for line in lines { bytes += line }
            let written = Self.write(bytes, to: state.descriptor)
            guard written < bytes.count else {
                state.isBroken = false
                return 0
            }
            if written > 0 { state.isBroken = bytes[written - 1] != UInt8(ascii: "\n") }
            return lines.count - Self.wholeLines(lines, within: written - start)
        }
    }

    private static func wholeLines(_ lines: [[UInt8]], within byteCount: Int) -> Int {
        var rest = byteCount
        var count = 0
        for line in lines {
            rest -= line.count
            guard rest >= 0 else { break }
            count += 1
        }
        return count
    }

    /// How many bytes could be written.
    private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Int {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            return bytes.count - rest.count
        }
    }

    private static func open(_ path: String, _ mode: mode_t) throws(FileError) -> CInt {
        guard path != "-" else { return STDOUT_FILENO }
        // A pipe that nobody reads would keep the server waiting; it is an error.
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)
        guard descriptor >= 0 else { throw FileError(errno: errno, "opening", path: path) }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw FileError(errno: code, "opening", path: path)
        }
        return descriptor
    }

    private static func close(_ descriptor: CInt) {
        if descriptor != STDOUT_FILENO { Glibc.close(descriptor) }
    }
}
