import CArchive
import Diagnostics
import Glibc

/// A zip archive of files, stored without compression, with no time, owner or folder in it.
///
/// *Throws*: `refused` when there is no memory for it.
package func writeZip(_ members: [ZipMember]) throws(ArchiveError) -> [UInt8] {
    try withUTF8Locale { () throws(ArchiveError) in try zip(members) }
}

private func zip(_ members: [ZipMember]) throws(ArchiveError) -> [UInt8] {
    guard let archive = archive_write_new() else { throw ArchiveError(.refused, "no memory for a writer") }
    defer { archive_write_free(archive) }
    archive_write_set_format_zip(archive)
    archive_write_set_options(archive, "zip:compression=store")
    archive_write_set_bytes_per_block(archive, 0)

    let capacity = members.reduce(1024) { $0 + $1.bytes.count + 2 * $1.name.utf8.count + 256 }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    defer { target.deallocate() }
    var used = 0
    return try withUnsafeMutablePointer(to: &used) { used throws(ArchiveError) in
        guard archive_write_open_memory(archive, target.baseAddress, target.count, used) == ARCHIVE_OK else {
            throw refusal(of: archive)
        }
        for member in members {
            try write(member, to: archive)
        }
        guard archive_write_close(archive) == ARCHIVE_OK else { throw refusal(of: archive) }
        return [UInt8](target[..<used.pointee])
    }
}

private func write(_ member: ZipMember, to archive: OpaquePointer) throws(ArchiveError) {
    guard let entry = archive_entry_new() else { throw ArchiveError(.refused, "no memory for an entry") }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname_utf8(entry, member.name)
    archive_entry_set_size(entry, la_int64_t(member.bytes.count))
    archive_entry_set_filetype(entry, S_IFREG)
    archive_entry_set_perm(entry, 0o644)
    guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw refusal(of: archive) }
    let written = member.bytes.span.bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
    guard written == member.bytes.count else { throw refusal(of: archive) }
}

private func refusal(of archive: OpaquePointer) -> ArchiveError {
    ArchiveError(.refused, archive_error_string(archive).map { String(cString: $0) } ?? "the archive was not written")
}
