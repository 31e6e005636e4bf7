import Diagnostics

/// What a file may ask for at most, so that a small file cannot take much memory or stack.
package struct OnnxLimits: Sendable, Hashable {
    /// Bytes of the model file itself; protobuf allows no more than the default.
    package var fileByteCount = 0x7FFF_FFFF
    /// Messages inside each other, as protobuf counts them: a graph inside a node is three.
    package var depth = 100
    /// Messages in the whole file.
    package var messageCount = 1 << 22
    /// Nodes in the whole file, subgraphs and functions included.
    package var nodeCount = 1 << 20
    /// Attributes in the whole file.
    package var attributeCount = 1 << 22
    /// Tensors in the whole file, dense ones; a sparse one counts as two.
    package var tensorCount = 1 << 20
    /// Dimensions of one tensor.
    package var rank = 64
    /// Bytes of one string: a name, a documentation string, an element of a string tensor.
    package var textByteCount = 1 << 26
    /// Files that external data lies in.
    package var externalFileCount = 1 << 14

    /// The limits that every ordinary model stays within.
    package static let `default` = OnnxLimits()

    /// Makes sure that a file is not longer than allowed.
    ///
    /// *Throws*: `limit`.
    func check(fileByteCount byteCount: Int) throws(OnnxReaderError) {
        guard byteCount <= fileByteCount else {
            throw OnnxReaderError(
                .limit,
                "the file has \(byteCount) bytes, expected at most \(fileByteCount)",
                hint: "large weights belong in external data"
            )
        }
    }
}
