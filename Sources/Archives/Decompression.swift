import CArchive
import Diagnostics

/// The compressed streams that libarchive undoes.
package enum StreamCompression: String, Sendable, CaseIterable {
    case bzip2
    case lz4
    case lzma
    case xz

    /// The compression whose magic number `bytes` start with.
    package init?(magic bytes: [UInt8]) {
        let magics: [(StreamCompression, [UInt8])] = [
            (.bzip2, Array("BZh".utf8)), (.lz4, [0x04, 0x22, 0x4D, 0x18]), (.lzma, [0x5D, 0x00]),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        ]
        guard let match = magics.first(where: { bytes.starts(with: $0.1) }) else { return nil }
        self = match.0
    }
}

/// The data of a compressed stream, of which there may be at most `limit` bytes.
///
/// *Throws*: `malformed` for a damaged stream, `tooLarge` when the data grows beyond the limit.
package func decompress(
    _ bytes: [UInt8],
    _ compression: StreamCompression,
    limit: Int
) throws(ArchiveError) -> [UInt8] {
    try locating(.item("stream", compression.rawValue)) { () throws(ArchiveError) in
        try ArchiveStream.reading(bytes) { archive in
            archive_read_support_format_raw(archive)
            archive_read_support_format_empty(archive)
            switch compression {
            case .bzip2: archive_read_support_filter_bzip2(archive)
            case .lz4: archive_read_support_filter_lz4(archive)
            case .lzma: archive_read_support_filter_lzma(archive)
            case .xz: archive_read_support_filter_xz(archive)
            }
        } _: { stream throws(ArchiveError) in
            guard try stream.nextName() != nil else { return [] }
            return try stream.data(limit: limit)
        }
    }
}
