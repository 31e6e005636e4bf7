import Archives
import Compression
import Diagnostics

/// Reads a pickle of protocol 0 to 5, or a joblib file in any of its compressions, as a tree of what it describes.
///
/// A compressed file may grow to 64 MiB, and beyond that to 256 times its size. No name in it is resolved and nothing is called: a pickle that asks for `os.system` gives a tree that says so.
///
/// *Throws*: `malformed`, `truncated`, `tooLarge`, and `unsupported` for data outside of the file.
package func readPickle(
    _ bytes: [UInt8],
    limits: PickleLimits = .default
) throws(ModelFormatError) -> PickleTree {
    let tree = PickleTree()
    let pickle = try decompressed(bytes, limit: min(limits.byteCount, max(1 << 26, 256 * bytes.count)))
    var machine = PickleMachine(ByteCursor(pickle), tree: tree, limits: limits, nesting: 0)
    tree.finish(at: try machine.run())
    return tree
}

/// Whether bytes look like a pickle, compressed or not.
package func looksLikePickle(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first else { return false }
    if first == PickleOpcode.proto.rawValue { return bytes.count > 1 && bytes[1] <= 5 }
    if DeflateFormat(magic: bytes) != nil || StreamCompression(magic: bytes) != nil { return true }
    // Protocols 0 and 1 have no magic number; what a saved object starts with is a class, or a call or mark before one.
    return bytes.last == PickleOpcode.stop.rawValue && [0x28, 0x63, 0x5D, 0x7D].contains(first)
}

private func decompressed(_ bytes: [UInt8], limit: Int) throws(ModelFormatError) -> [UInt8] {
    do throws(CompressionError) {
        if let format = DeflateFormat(magic: bytes) { return try inflate(bytes, format, limit: limit) }
    } catch {
        let code: ModelFormatCode =
            switch error.code {
            case .malformed: .malformed
            case .truncated: .truncated
            case .tooLarge: .tooLarge
            case .memory: .memory
            }
        throw ModelFormatError(code, at: error.place, error.message)
    }
    do throws(ArchiveError) {
        guard let compression = StreamCompression(magic: bytes) else { return bytes }
        return try decompress(bytes, compression, limit: limit)
    } catch {
        throw ModelFormatError(error)
    }
}
