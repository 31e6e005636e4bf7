import Archives
import Diagnostics
import Files
import OCIImage

/// The bytes of a path with its end, as Linux has it in `PATH_MAX`.
let pathByteLimit = 4096

/// The entries that a layer may have, and the files of an image.
let entryCountLimit = 4_000_000

/// Hands the entries of a layer to `body`, one after the other, whatever compression the layer is stored in.
///
/// The bytes are held against the digest before the first entry.
///
/// *Throws*: `digestMismatch`, `malformed` for a damaged layer and for a path that is absolute or climbs, `path` for one that
/// is too long, and whatever `body` throws.
func readLayer(
    _ layer: Descriptor,
    _ blob: any BlobSource,
    _ body: (TarEntry, TarReader) throws -> Void
) throws {
    guard let range = blob.fileRange else {
        return try withTemporaryFile(of: blob, layer) { path in try readEntries(TarReader(path: path), body) }
    }
    try blob.read(as: layer)
    // A tar of no bytes at all is no archive to libarchive, and is a layer to Docker.
    guard range.byteCount > 0 else { return }
    try readEntries(TarReader(path: range.path, offset: range.offset, byteCount: range.byteCount), body)
}

private func readEntries(_ tar: TarReader, _ body: (TarEntry, TarReader) throws -> Void) throws {
    while let entry = try tar.next() {
        // A kernel takes no longer one, and each folder in it is one of the image.
        guard entry.path.utf8.count < pathByteLimit else {
            let name = String(decoding: entry.path.utf8.prefix(64), as: UTF8.self) + "…"
            throw OCIArchiveError(
                .path,
                at: .item("entry", name),
                "the path is too long, expected less than \(pathByteLimit) bytes, got \(entry.path.utf8.count)"
            )
        }
        try body(entry, tar)
    }
}

/// A file of a blob's bytes for the time of `body`.
///
/// *Throws*: `digestMismatch`, and whatever `body` throws.
func withTemporaryFile(
    of blob: any BlobSource,
    _ part: Descriptor,
    _ body: (String) throws -> Void
) throws {
    let spool = try Spool()
    let range = try spool.add { write in try blob.read(as: part, write) }
    try withExtendedLifetime(spool) { try body(range.path) }
}
