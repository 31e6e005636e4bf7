import CArchive
import Diagnostics
import Glibc

/// A zstd stream in the making: one frame, on one thread, so that the same bytes give the same stream.
package final class ZstdWriter {
    private let output: ArchiveOutput

    /// Starts a stream whose bytes go to `consume`.
    package init(level: Int = 6, _ consume: @escaping ByteConsumer) throws {
        output = try ArchiveOutput(consume) { archive in
            for status in [
                archive_write_set_format_raw(archive), archive_write_add_filter_zstd(archive),
                archive_write_set_options(archive, "zstd:compression-level=\(level)"),
            ] where status != ARCHIVE_OK { return status }
            return ARCHIVE_OK
        }
        guard let header = archive_entry_new() else { throw ArchiveError(.refused, "no memory for an entry") }
        defer { archive_entry_free(header) }
        archive_entry_set_mode(header, S_IFREG | 0o644)
        try output.writeHeader(header)
    }

    /// Compresses the next bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws { try output.write(bytes) }

    /// Writes the end of the stream.
    package func finish() throws { try output.close() }
}
