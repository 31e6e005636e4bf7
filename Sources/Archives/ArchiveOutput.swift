import CArchive
import Diagnostics

/// Takes the next bytes of what is being written.
package typealias ByteConsumer = (UnsafeRawBufferPointer) throws -> Void

/// A writer of libarchive that hands its bytes to a closure.
final class ArchiveOutput {
    private let archive: OpaquePointer
    private let consume: ByteConsumer
    private var consumerError: (any Error)?
    private var isOpen = false

    /// Opens a writer that `configure` has given a format and filters.
    init(_ consume: @escaping ByteConsumer, configure: (OpaquePointer) -> CInt) throws {
        guard let archive = archive_write_new() else { throw ArchiveError(.refused, "no memory for a writer") }
        self.archive = archive
        self.consume = consume
        try check(configure(archive))
        // Without these the end is padded to a whole block of a tape.
        try check(archive_write_set_bytes_per_block(archive, 1 << 16))
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        let context = Unmanaged.passUnretained(self).toOpaque()
        isOpen = true
        try check(
            archive_write_open(
                archive,
                context,
                nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    return Unmanaged<ArchiveOutput>.fromOpaque(context).takeUnretainedValue().take(bytes, count)
                },
                nil
            )
        )
    }

    deinit {
        // A writer that is freed unclosed would write its end; a failed one must not.
        archive_write_fail(archive)
        archive_write_free(archive)
    }

    private func take(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        guard consumerError == nil else { return -1 }
        do {
            try consume(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        } catch {
            consumerError = error
            return -1
        }
    }

    /// Passes on only what went entirely well: a warning of libarchive may mean a dropped entry.
    func check(_ status: CInt) throws {
        guard status != ARCHIVE_OK else { return }
        if let consumerError { throw consumerError }
        throw ArchiveError(.refused, "writing: \(words)")
    }

    private var words: String { archiveWords(archive) }

    func writeHeader(_ entry: OpaquePointer) throws {
        try withUTF8Locale { try check(archive_write_header(archive, entry)) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else {
                if let consumerError { throw consumerError }
                throw ArchiveError(.refused, "writing: \(words)")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func finishEntry() throws { try check(archive_write_finish_entry(archive)) }

    func close() throws { try check(archive_write_close(archive)) }
}

/// What libarchive says went wrong, in the form of our messages.
func archiveWords(_ archive: OpaquePointer) -> String {
    var words = archive_error_string(archive).map { String(cString: $0) } ?? "the data is damaged"
    while words.hasSuffix("\n") { words.removeLast() }
    // `ZIP uncompressed data…` keeps its capitals.
    let isAcronym = words.dropFirst().first?.isUppercase ?? false
    return isAcronym ? words : words.prefix(1).lowercased() + words.dropFirst()
}

/// The libraries that decide the bytes of a compressed stream, with their versions.
package var archiveToolchain: String {
    archive_version_details().map { String(cString: $0) } ?? ""
}
