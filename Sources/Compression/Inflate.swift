import CZlib
import Diagnostics

/// The wrappings of a deflate stream.
package enum DeflateFormat: String, Sendable, CaseIterable {
    case gzip
    case zlib

    /// The wrapping that `bytes` start like.
    ///
    /// *Source*: RFC 1952 section 2.3.1; RFC 1950 section 2.2: deflate, and a header that 31 divides.
    package init?(magic bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        if bytes[0] == 0x1F, bytes[1] == 0x8B {
            self = .gzip
        } else if bytes[0] & 0x0F == 8, bytes[0] >> 4 <= 7, (UInt16(bytes[0]) << 8 | UInt16(bytes[1])) % 31 == 0 {
            self = .zlib
        } else {
            return nil
        }
    }

    var windowBits: CInt { self == .gzip ? 15 + 16 : 15 }
}

/// The data of a deflate stream, of which there may be at most `limit` bytes; the members of a gzip file follow each
/// other.
///
/// *Parameter* isWhole: whether bytes behind the stream are refused.
/// *Throws*: `malformed` for a damaged stream, `truncated` for one without an end, `tooLarge` when the data grows
/// beyond the limit.
package func inflate(
    _ bytes: [UInt8],
    _ format: DeflateFormat,
    limit: Int,
    isWhole: Bool = false
) throws(CompressionError) -> [UInt8] {
    try locating(.item("stream", format.rawValue)) { () throws(CompressionError) in
        try bytes.span.bytes.withUnsafeBytes { raw throws(CompressionError) in
            try inflate(raw, format, limit: limit, isWhole: isWhole)
        }
    }
}

private func inflate(
    _ source: UnsafeRawBufferPointer,
    _ format: DeflateFormat,
    limit: Int,
    isWhole: Bool
) throws(CompressionError) -> [UInt8] {
    var stream = z_stream()
    let version = ZLIB_VERSION
    guard inflateInit2_(&stream, format.windowBits, version, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw CompressionError(.memory, "no memory to decompress")
    }
    defer { inflateEnd(&stream) }
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
    defer { chunk.deallocate() }
    let input = source.bindMemory(to: UInt8.self)
    var consumed = 0
    var data: [UInt8] = []
    while true {
        let available = min(input.count - consumed, 1 << 30)
        stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
        stream.avail_in = UInt32(available)
        stream.next_out = chunk.baseAddress
        stream.avail_out = UInt32(chunk.count)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        consumed += available - Int(stream.avail_in)
        let produced = chunk.count - Int(stream.avail_out)
        guard produced <= limit - data.count else {
            throw CompressionError(.tooLarge, "the data grows too large, expected at most \(limit) bytes")
        }
        data.append(contentsOf: chunk[..<produced])
        switch status {
        case Z_STREAM_END:
            guard consumed < input.count else { return data }
            guard format == .gzip else {
                guard isWhole else { return data }
                throw CompressionError(.malformed, at: .offset(consumed), "there are bytes behind the stream")
            }
            inflateReset(&stream)
        case Z_OK: continue
        case Z_BUF_ERROR:
            throw CompressionError(.truncated, at: .offset(consumed), "the stream ends too soon")
        default:
            let words = stream.msg.map { String(cString: $0) } ?? "the data is damaged"
            throw CompressionError(.malformed, at: .offset(consumed), words)
        }
    }
}
