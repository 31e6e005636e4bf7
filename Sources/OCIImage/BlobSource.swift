package import ContentStore
import Diagnostics
package import Files

/// Bytes that can be read again and again, always the same: in memory, in a file, or made anew each time.
package protocol BlobSource: Sendable {
    /// Hands all bytes to `consume`, piece by piece.
    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Where the bytes stand in a file, one after the other; `nil` when they stand in none.
    var fileRange: FileRange? { get }
}

extension BlobSource {
    package var fileRange: FileRange? { nil }
}

/// A blob in memory.
package struct MemoryBlob: BlobSource {
    /// The bytes.
    package let bytes: [UInt8]

    /// A blob of `bytes`.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try bytes.span.bytes.withUnsafeBytes { try consume($0) }
    }
}

/// A blob that is a file, such as one of a content store.
package struct FileBlob: BlobSource {
    /// The path of the file.
    package let path: String

    /// A blob of the bytes of a file.
    package init(path: String) { self.path = path }

    package func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try readFileInPieces(path) { bytes throws in try consume(bytes) }
    }

    package var fileRange: FileRange? {
        fileByteCount(path).map { FileRange(path: path, offset: 0, byteCount: $0) }
    }
}

/// A blob that is a part of a file, such as one in an archive that is not compressed.
package struct FileRangeBlob: BlobSource {
    private let range: FileRange

    /// A blob of the bytes of `range`.
    package init(_ range: FileRange) { self.range = range }

    package func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try readFileInPieces(range.path, offset: range.offset, byteCount: range.byteCount) { bytes throws in
            try consume(bytes)
        }
    }

    package var fileRange: FileRange? { range }
}

extension BlobSource {
    /// All bytes, of which there may be at most `limit`.
    ///
    /// *Throws*: `malformed` beyond the limit.
    package func bytes(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read { piece in
            guard piece.count <= limit - bytes.count else {
                throw OCIImageError(.malformed, "the blob is too large, expected at most \(limit) bytes")
            }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// Holds the bytes against the digest and the size that a manifest names them by, while they pass to `consume`.
    ///
    /// *Throws*: `digestMismatch` after the last piece, and what reading throws.
    package func read(
        as part: Descriptor,
        _ consume: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        var running = RunningDigest()
        try read { piece in
            running.update(piece)
            try consume(piece)
        }
        guard running.digest == part.digest, running.byteCount == part.byteCount else {
            throw OCIImageError(
                .digestMismatch,
                "the bytes are others, expected \(part.byteCount) with this digest, got \(running.byteCount) with "
                    + "`\(running.digest)`"
            )
        }
    }

    /// The digest and the size of the bytes.
    package func digest() throws -> (digest: Digest, byteCount: Int) {
        var running = RunningDigest()
        try read { running.update($0) }
        return (running.digest, running.byteCount)
    }
}
