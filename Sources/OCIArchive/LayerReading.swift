import Archives
import Diagnostics
import Files
import OCIImage

/// The entries that a layer may have, and the files of an image.
let entryCountLimit = 4_000_000

/// The bytes that the names and targets of a layer's entries may have, as of all layers on top of one another: all of them
/// are in memory, and much compresses well.
let layerTextByteLimit = 512 << 20

extension TarEntry {
    /// The bytes of the path and of a link's target.
    fileprivate var textByteCount: Int {
        switch kind {
        case .symbolicLink(let target), .hardLink(let target): path.utf8.count + target.utf8.count
        case .file, .folder, .other: path.utf8.count
        }
    }
}

/// Hands the entries of a layer to `body`, one after the other, whatever compression the layer is stored in.
///
/// The bytes are held against the digest before the first entry.
///
/// *Throws*: `digestMismatch`, `malformed` for a damaged layer, for a path that is absolute or climbs, and for more names
/// than fit into memory, `tooLarge` of the archive for a path that is too long, and whatever `body` throws.
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
    var rest = layerTextByteLimit
    while let entry = try tar.next() {
        rest -= entry.textByteCount
        guard rest >= 0 else {
            throw OCIArchiveError(
                .malformed,
                "the names in the layer are too many, expected at most \(layerTextByteLimit) bytes"
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
