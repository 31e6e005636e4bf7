import CArchive
import Diagnostics
import Glibc

/// A tar archive in the making: the same entries give the same bytes on every machine.
///
/// PAX headers stand only where ustar cannot say it (long or Unicode names, 8 GiB and more); times are the epoch and
/// owners are numbers.
///
/// For example:
///
///     let tar = try TarWriter { bytes in … }
///     try tar.add(TarEntry(path: "etc/passwd", kind: .file(byteCount: bytes.count), mode: 0o644), bytes)
///     try tar.finish()
package final class TarWriter {
    private let output: ArchiveOutput
    private var missingByteCount = 0

    /// Starts an archive whose bytes go to `consume`.
    package init(_ consume: @escaping ByteConsumer) throws {
        output = try ArchiveOutput(consume) { archive in
            let format = archive_write_set_format_pax_restricted(archive)
            guard format == ARCHIVE_OK else { return format }
            return archive_write_add_filter_none(archive)
        }
    }

    /// Writes the header of an entry; a file's bytes follow through `write`.
    ///
    /// *Throws*: `malformed` for an entry that cannot be written, `refused` when libarchive does not take it, and
    /// whatever the consumer throws.
    package func begin(_ entry: TarEntry) throws {
        guard missingByteCount == 0 else {
            throw ArchiveError(
                .malformed,
                at: .item("entry", entry.path),
                "the entry before it lacks \(missingByteCount) bytes"
            )
        }
        guard let header = archive_entry_new() else { throw ArchiveError(.refused, "no memory for an entry") }
        defer { archive_entry_free(header) }
        let isFolder = entry.kind == .folder
        // Not the `_utf8` functions: these compose accents, which makes other names of some.
        archive_entry_set_pathname(header, try archivePath(entry.path) + (isFolder ? "/" : ""))
        archive_entry_set_mode(header, mode_t(entry.mode & 0o7777) | (try type(entry)))
        switch entry.kind {
        case .file(let byteCount): archive_entry_set_size(header, Int64(byteCount))
        case .symbolicLink(let target): archive_entry_set_symlink(header, target)
        case .hardLink(let target): archive_entry_set_hardlink(header, try archivePath(target))
        case .folder, .other: break
        }
        archive_entry_set_uid(header, Int64(entry.userID))
        archive_entry_set_gid(header, Int64(entry.groupID))
        archive_entry_set_mtime(header, 0, 0)
        try output.writeHeader(header)
        missingByteCount = entry.byteCount
    }

    private func type(_ entry: TarEntry) throws -> mode_t {
        switch entry.kind {
        case .file, .hardLink: S_IFREG
        case .folder: S_IFDIR
        case .symbolicLink: S_IFLNK
        case .other: throw ArchiveError(.unsupported, at: .item("entry", entry.path), "devices are not written")
        }
    }

    /// Writes the next bytes of the file that `begin` started.
    ///
    /// *Throws*: `malformed` for more bytes than announced.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count <= missingByteCount else {
            throw ArchiveError(
                .malformed,
                "the data grows beyond its header, expected \(missingByteCount) more bytes, got \(bytes.count)"
            )
        }
        try output.write(bytes)
        missingByteCount -= bytes.count
    }

    /// Writes an entry whole.
    package func add(_ entry: TarEntry, _ bytes: [UInt8] = []) throws {
        try begin(entry)
        try bytes.span.bytes.withUnsafeBytes { try write($0) }
    }

    /// Writes the end of the archive.
    package func finish() throws {
        guard missingByteCount == 0 else {
            throw ArchiveError(.malformed, "the last entry lacks \(missingByteCount) bytes")
        }
        try output.close()
    }
}
