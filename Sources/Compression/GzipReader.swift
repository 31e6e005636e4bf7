import CZlib
import Diagnostics

/// A gzip stream being undone piece by piece, held against its own checksums and lengths.
///
/// Its members may follow each other; anything else behind one is refused, zeros too, as Go's readers of layers do.
///
/// For example:
///
///     let gzip = try GzipReader { bytes in … }
///     try blob.read { try gzip.write($0) }
///     try gzip.finish()
///
/// *Source*: RFC 1952, section 2.2 and 2.3.1.
package final class GzipReader {
    private let consume: (UnsafeRawBufferPointer) throws -> Void
    private let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    private let stream: UnsafeMutablePointer<z_stream>
    private var byteCount = 0
    private var isInMember = false
    private var hasMember = false

    /// Starts a stream whose data goes to `consume`.
    ///
    /// *Throws*: `memory`.
    package init(_ consume: @escaping (UnsafeRawBufferPointer) throws -> Void) throws(CompressionError) {
        self.consume = consume
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = CInt(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, DeflateFormat.gzip.windowBits, ZLIB_VERSION, size) == Z_OK else {
            throw CompressionError(.memory, "no memory to decompress")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        chunk.deallocate()
    }

    /// Undoes the next bytes of the stream.
    ///
    /// *Throws*: `malformed` for a damaged member and for what is none, and whatever the consumer throws.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes.bindMemory(to: UInt8.self)
        while !rest.isEmpty {
            let count = try inflate(UnsafeMutableBufferPointer(mutating: rest))
            rest = UnsafeBufferPointer(rebasing: rest[count...])
        }
    }

    /// Ends the stream.
    ///
    /// *Throws*: `truncated` where no member ends.
    package func finish() throws(CompressionError) {
        guard hasMember, !isInMember else {
            throw CompressionError(.truncated, at: .offset(byteCount), "the stream ends too soon")
        }
    }

    /// Undoes bytes up to the end of a member at most, and says how many they were.
    private func inflate(_ source: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        let available = min(source.count, 1 << 30)
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(available)
        var isAtEnd = false
        repeat {
            stream.pointee.next_out = chunk.baseAddress
            stream.pointee.avail_out = UInt32(chunk.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            let produced = UnsafeBufferPointer(rebasing: chunk[..<(chunk.count - Int(stream.pointee.avail_out))])
            if !produced.isEmpty { try consume(UnsafeRawBufferPointer(produced)) }
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else {
                throw damaged(at: byteCount + available - Int(stream.pointee.avail_in))
            }
            isAtEnd = status == Z_STREAM_END
        } while !isAtEnd && stream.pointee.avail_out == 0
        isInMember = !isAtEnd
        if isAtEnd {
            inflateReset(stream)
            hasMember = true
        }
        let count = available - Int(stream.pointee.avail_in)
        byteCount += count
        return count
    }

    private func damaged(at offset: Int) -> CompressionError {
        let words = stream.pointee.msg.map { String(cString: $0) } ?? "the data is damaged"
        let isHeader = words == "incorrect header check"
        return CompressionError(
            .malformed,
            at: .offset(offset),
            isHeader && hasMember
                ? "what follows the end of a gzip member is none, expected the end of the file" : words
        )
    }
}
