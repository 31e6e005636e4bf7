/// The formats in which a value comes, told by their first bytes.
package enum TensorFileFormat: String, Sendable, CaseIterable {
    case npy
    case npz
    case json = "JSON"
    case onnx = "ONNX .pb"
    case csv = "CSV"

    /// The format of a file with these bytes.
    ///
    /// What starts as no other does is CSV, which any text is.
    package init(of bytes: [UInt8]) {
        if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
            self = .npy
        } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .npz
        } else if Self.startsAsMessage(bytes) {
            self = .onnx
        } else {
            let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) && !Self.byteOrderMark.contains($0) }
            self = first == UInt8(ascii: "[") || first == UInt8(ascii: "{") ? .json : .csv
        }
    }

    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Whether the bytes start with a field of a tensor, a sequence or an optional that text does not start with: a
    /// length or number under a low tag, and a control character soon.
    private static func startsAsMessage(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first < 0x20, first != 0x09, first != 0x0D else { return false }
        return first != 0x0A || bytes.prefix(64).contains { $0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0) }
    }
}
