import CArchive
import Diagnostics
import Glibc

/// A tar archive being read from its start, plain or in any compression that libarchive undoes.
///
/// For example:
///
///     let tar = try TarReader(path: "image.tar")
///     while let entry = try tar.next() {
///         try tar.read { bytes in … }
///     }
package final class TarReader {
    private let archive: OpaquePointer
    private let memory: UnsafeMutableRawBufferPointer?
    private let part: FilePart?
    /// Whether the file of the last entry has holes, so that its size says nothing of the bytes that the archive has.
    package private(set) var isSparse = false

    /// Opens an archive file.
    ///
    /// *Throws*: `refused` when it cannot be opened.
    package init(path: String) throws(ArchiveError) {
        archive = try Self.makeReader()
        memory = nil
        part = nil
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
            throw ArchiveError(.refused, at: .file(path), "opening: \(archiveWords(archive))")
        }
    }

    /// Opens an archive that is a part of a file, such as a layer in an image's archive.
    ///
    /// *Throws*: `refused` when it cannot be opened, `malformed` when it does not start like any archive.
    package init(path: String, offset: Int, byteCount: Int) throws(ArchiveError) {
        archive = try Self.makeReader()
        memory = nil
        part = FilePart(path: path, offset: offset, byteCount: byteCount)
        guard let part else {
            throw ArchiveError(.refused, at: .file(path), "opening: \(systemMessage(errno))")
        }
        guard part.open(in: archive) == ARCHIVE_OK else {
            throw ArchiveError(.malformed, at: .file(path), archiveWords(archive))
        }
    }

    /// Opens an archive in memory.
    ///
    /// *Throws*: `malformed` when it does not start like any archive.
    package init(bytes: [UInt8]) throws(ArchiveError) {
        archive = try Self.makeReader()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        memory.copyBytes(from: bytes)
        self.memory = memory
        part = nil
        guard archive_read_open_memory(archive, memory.baseAddress, bytes.count) == ARCHIVE_OK else {
            throw ArchiveError(.malformed, archiveWords(archive))
        }
    }

    deinit {
        archive_read_free(archive)
        memory?.deallocate()
    }

    private static func makeReader() throws(ArchiveError) -> OpaquePointer {
        guard let archive = archive_read_new() else { throw ArchiveError(.refused, "no memory for a reader") }
        archive_read_support_format_tar(archive)
        archive_read_support_filter_all(archive)
        return archive
    }

    /// Moves to the next entry; `nil` after the last.
    ///
    /// *Throws*: `malformed` for a damaged header, and for a path that is absolute or climbs with `..`; `tooLarge` for a
    /// path of more than 4095 bytes or 256 components.
    package func next() throws(ArchiveError) -> TarEntry? {
        var header: OpaquePointer?
        let status = withUTF8Locale { archive_read_next_header(archive, &header) }
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK, let header else { throw ArchiveError(.malformed, archiveWords(archive)) }
        guard let name = text(archive_entry_pathname_utf8(header), archive_entry_pathname(header)) else {
            throw ArchiveError(.malformed, "an entry has no name")
        }
        isSparse = archive_entry_sparse_count(header) > 0
        return TarEntry(
            // Some tools write an entry for the root itself.
            path: name == "/" ? "" : try entryPath(name),
            kind: try kind(header, name),
            mode: UInt32(archive_entry_perm(header)),
            userID: Int(archive_entry_uid(header)),
            groupID: Int(archive_entry_gid(header))
        )
    }

    private func text(_ utf8: UnsafePointer<CChar>?, _ raw: UnsafePointer<CChar>?) -> String? {
        (utf8 ?? raw).map { String(cString: $0) }
    }

    private func kind(_ header: OpaquePointer, _ name: String) throws(ArchiveError) -> TarEntry.Kind {
        if let target = text(archive_entry_hardlink_utf8(header), archive_entry_hardlink(header)) {
            return .hardLink(target: try entryPath(target))
        }
        switch archive_entry_filetype(header) {
        case S_IFREG:
            let byteCount = archive_entry_size(header)
            guard byteCount >= 0 else {
                throw ArchiveError(.malformed, at: .item("entry", name), "the size is negative")
            }
            return .file(byteCount: Int(byteCount))
        case S_IFDIR: return .folder
        case S_IFLNK:
            guard let target = text(archive_entry_symlink_utf8(header), archive_entry_symlink(header)) else {
                throw ArchiveError(.malformed, at: .item("entry", name), "the symbolic link has no target")
            }
            return .symbolicLink(target: target)
        default: return .other
        }
    }

    /// Where the data of the entry starts in the file; `nil` when the archive is compressed.
    package var dataOffset: Int? {
        guard archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE else { return nil }
        return Int(archive_filter_bytes(archive, 0))
    }

    /// Hands the data of the entry to `consume`, piece by piece.
    ///
    /// *Throws*: `malformed` for damaged data, and whatever `consume` throws.
    package func read(_ consume: ByteConsumer) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { chunk.deallocate() }
        while true {
            let count = archive_read_data(archive, chunk.baseAddress, chunk.count)
            guard count >= 0 else { throw ArchiveError(.malformed, archiveWords(archive)) }
            guard count > 0 else { return }
            try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }

    /// The data of the entry, of which there may be at most `limit` bytes.
    ///
    /// *Throws*: `malformed` for damaged data, `tooLarge` beyond the limit.
    package func data(limit: Int) throws -> [UInt8] {
        var data: [UInt8] = []
        try read { bytes in
            guard bytes.count <= limit - data.count else {
                throw ArchiveError(.tooLarge, "the data grows too large, expected at most \(limit) bytes")
            }
            data.append(contentsOf: bytes)
        }
        return data
    }
}

/// Undoes the compression of a file and hands the bytes to `consume`; a plain file passes unchanged.
///
/// *Throws*: `refused` when it cannot be opened, `malformed` for a damaged stream, and whatever `consume` throws.
package func decompressFile(_ path: String, _ consume: ByteConsumer) throws {
    guard let archive = archive_read_new() else { throw ArchiveError(.refused, "no memory for a reader") }
    defer { archive_read_free(archive) }
    archive_read_support_format_raw(archive)
    archive_read_support_format_empty(archive)
    archive_read_support_filter_all(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
        throw ArchiveError(.refused, at: .file(path), "opening: \(archiveWords(archive))")
    }
    var header: OpaquePointer?
    let status = archive_read_next_header(archive, &header)
    if status == ARCHIVE_EOF { return }
    guard status == ARCHIVE_OK else { throw ArchiveError(.malformed, archiveWords(archive)) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { chunk.deallocate() }
    while true {
        let count = archive_read_data(archive, chunk.baseAddress, chunk.count)
        guard count >= 0 else { throw ArchiveError(.malformed, archiveWords(archive)) }
        guard count > 0 else { return }
        try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
}
