import CArchive
import Diagnostics

/// A file in a zip archive.
package struct ZipMember: Sendable, Hashable {
    package var name: String
    package var bytes: [UInt8]

    /// A file by name.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The files of a zip archive in the archive's order; together they may hold at most `limit` bytes.
///
/// *Throws*: `malformed` for a damaged archive, `tooLarge` when its files grow beyond the limit.
package func readZip(_ bytes: [UInt8], limit: Int) throws(ArchiveError) -> [ZipMember] {
    // SPEC: APPNOTE.TXT 4.3.16: an archive of nothing is its end record alone, which libarchive does not recognise.
    guard bytes.count != 22 || !bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) else { return [] }
    return try withUTF8Locale { () throws(ArchiveError) in
        try ArchiveStream.reading(bytes) { archive in
            archive_read_support_format_zip_seekable(archive)
        } _: { stream throws(ArchiveError) in
            try members(of: &stream, limit: limit)
        }
    }
}

private func members(of stream: inout ArchiveStream, limit: Int) throws(ArchiveError) -> [ZipMember] {
    var members: [ZipMember] = []
    var rest = limit
    while let name = try stream.nextName() {
        guard !name.hasSuffix("/") else { continue }
        let data = try locating(.item("member", name)) { () throws(ArchiveError) in
            try stream.data(limit: rest)
        }
        rest -= data.count
        members.append(ZipMember(name: name, bytes: data))
    }
    return members
}
