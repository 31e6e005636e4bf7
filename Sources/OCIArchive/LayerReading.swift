import Archives
import Diagnostics
import Files
import Glibc
import OCIImage

/// Hands the entries of a layer to `body`, one after the other, whatever compression the layer is stored in.
///
/// *Throws*: `malformed` for a damaged layer and for a path that is absolute or climbs, and whatever `body` throws.
func readLayer(_ blob: any BlobSource, _ body: (TarEntry, TarReader) throws -> Void) throws {
    guard let range = blob.fileRange else {
        return try withTemporaryFile(of: blob) { path in try readEntries(TarReader(path: path), body) }
    }
    // A tar of no bytes at all is no archive to libarchive, and is a layer to Docker.
    guard range.byteCount > 0 else { return }
    try readEntries(TarReader(path: range.path, offset: range.offset, byteCount: range.byteCount), body)
}

private func readEntries(_ tar: TarReader, _ body: (TarEntry, TarReader) throws -> Void) throws {
    while let entry = try tar.next() { try body(entry, tar) }
}

/// A file of a blob's bytes for the time of `body`.
func withTemporaryFile(of blob: any BlobSource, _ body: (String) throws -> Void) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/mlpack-layer.XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: path) }
    close(descriptor)
    defer { unlink(path) }
    let file = try AtomicFile(path: path)
    try blob.read { try file.write($0) }
    try file.commit()
    try body(path)
}
