import CArchive
import Diagnostics

/// A reader of libarchive over bytes in memory, open for the time of a closure.
struct ArchiveStream {
    private let archive: OpaquePointer
    private var isAtEnd = false

    /// Opens `bytes` in the one format that `configure` allows, and closes them when `body` returns.
    static func reading<Result>(
        _ bytes: [UInt8],
        configure: (OpaquePointer) -> Void,
        _ body: (inout ArchiveStream) throws(ArchiveError) -> Result
    ) throws(ArchiveError) -> Result {
        guard let archive = archive_read_new() else { throw ArchiveError(.refused, "no memory for a reader") }
        defer { archive_read_free(archive) }
        configure(archive)
        return try bytes.span.bytes.withUnsafeBytes { raw throws(ArchiveError) in
            var stream = ArchiveStream(archive: archive)
            guard archive_read_open_memory(archive, raw.baseAddress, raw.count) == ARCHIVE_OK else {
                throw stream.malformed
            }
            return try body(&stream)
        }
    }

    private init(archive: OpaquePointer) { self.archive = archive }

    /// What libarchive says is wrong with the bytes.
    private var malformed: ArchiveError {
        let words = archive_error_string(archive).map { String(cString: $0) } ?? "the data is damaged"
        return ArchiveError(.malformed, words.prefix(1).lowercased() + words.dropFirst())
    }

    /// Moves to the next entry and gives its name; `nil` after the last.
    mutating func nextName() throws(ArchiveError) -> String? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK, ARCHIVE_WARN:
            guard let entry else { throw malformed }
            let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
            guard let name else { throw ArchiveError(.malformed, "an entry has no name") }
            return String(cString: name)
        case ARCHIVE_EOF: return nil
        default: throw malformed
        }
    }

    /// The data of the entry, of which there may be at most `limit` bytes.
    func data(limit: Int) throws(ArchiveError) -> [UInt8] {
        var data: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = archive_read_data(archive, chunk.baseAddress, chunk.count)
            guard count >= 0 else { throw malformed }
            guard count > 0 else { return data }
            guard count <= limit - data.count else {
                throw ArchiveError(.tooLarge, "the data grows too large, expected at most \(limit) bytes")
            }
            data.append(contentsOf: chunk[..<count])
        }
    }
}
