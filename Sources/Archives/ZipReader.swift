import CArchive
import Diagnostics
import Glibc

/// What stands in front of a member's data in a zip archive.
package struct ZipEntry: Sendable, Hashable {
    /// What a member is.
    package enum Kind: Sendable, Hashable {
        case file
        case folder
        case symbolicLink
        /// A device, a socket or whatever else.
        case other
    }

    /// The name as it stands in the archive; it may climb.
    package let name: String
    package let kind: Kind
    /// The permission bits; those that libarchive makes up when the archive was not made on Unix.
    package let mode: UInt32
    /// The size that the archive gives, which may be wrong; `nil` when it gives none.
    package let byteCount: Int?
    package let isEncrypted: Bool
}

/// A zip archive being read member by member, in the order of their data; memory stays constant.
///
/// For example:
///
///     let zip = try ZipReader(path: "numpy.whl")
///     while let entry = try zip.next() {
///         try zip.read(limit: 1 << 20) { bytes in … }
///     }
package final class ZipReader {
    private let archive: OpaquePointer
    // PERF: one for all members: pieces made for each left the heap in shreds, 54 MiB instead of 17 for 1,500 members.
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)

    /// Opens an archive by the directory at its end.
    ///
    /// *Throws*: `refused` when it cannot be opened, `malformed` when it is no zip archive.
    package init(path: String) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(.refused, "no memory for a reader") }
        self.archive = archive
        archive_read_support_format_zip_seekable(archive)
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
            throw ArchiveError(.refused, at: .file(path), "opening: \(archiveWords(archive))")
        }
    }

    deinit {
        archive_read_free(archive)
        chunk.deallocate()
    }

    /// Moves to the next member; `nil` after the last.
    ///
    /// *Throws*: `malformed` for a damaged header, and for a name that is not UTF-8.
    package func next() throws(ArchiveError) -> ZipEntry? {
        var header: OpaquePointer?
        let status = withUTF8Locale { archive_read_next_header(archive, &header) }
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let header else {
            throw ArchiveError(.malformed, archiveWords(archive))
        }
        guard let raw = archive_entry_pathname_utf8(header) ?? archive_entry_pathname(header),
            let name = String(validatingCString: raw)
        else {
            throw ArchiveError(.malformed, "a member has no name in UTF-8")
        }
        let byteCount = archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : nil
        guard byteCount ?? 0 >= 0 else {
            throw ArchiveError(.malformed, at: .item("member", name), "the size is negative")
        }
        return ZipEntry(
            name: name,
            kind: kind(header),
            mode: UInt32(archive_entry_perm(header)),
            byteCount: byteCount,
            isEncrypted: archive_entry_is_encrypted(header) != 0
        )
    }

    private func kind(_ header: OpaquePointer) -> ZipEntry.Kind {
        switch archive_entry_filetype(header) {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .symbolicLink
        default: .other
        }
    }

    /// Hands the data of the member to `consume`, in pieces of 256 KiB and a shorter last one.
    ///
    /// *Parameter* limit: the most bytes that the data may have, whatever the archive says of its size.
    /// *Throws*: `malformed` for damaged data and for another size or checksum than the archive gives, `tooLarge`
    /// beyond the limit, and whatever `consume` throws.
    package func read(limit: Int, _ consume: ByteConsumer) throws {
        var rest = limit
        while true {
            let count = archive_read_data(archive, chunk.baseAddress, chunk.count)
            guard count >= 0 else { throw ArchiveError(.malformed, archiveWords(archive)) }
            guard count > 0 else { return }
            guard count <= rest else {
                throw ArchiveError(.tooLarge, "the data grows too large, expected at most \(limit) bytes")
            }
            rest -= count
            try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }

    /// The data of the member, of which there may be at most `limit` bytes.
    ///
    /// *Throws*: `malformed` for damaged data, `tooLarge` beyond the limit.
    package func data(limit: Int) throws -> [UInt8] {
        var data: [UInt8] = []
        try read(limit: limit) { data.append(contentsOf: $0) }
        return data
    }
}
