import Tensors

/// The bytes of protobuf messages, put together by hand so that they can be wrong in every way.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func int(_ number: UInt64, _ value: Int64) -> [UInt8] {
        varint(number << 3) + varint(UInt64(bitPattern: value))
    }

    static func bytes(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func text(_ number: UInt64, _ text: String) -> [UInt8] { bytes(number, Array(text.utf8)) }

    static func float(_ number: UInt64, _ value: Float) -> [UInt8] {
        varint(number << 3 | 5) + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

    static func double(_ number: UInt64, _ value: Double) -> [UInt8] {
        varint(number << 3 | 1) + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

    static func entry(_ key: String, _ value: String) -> [UInt8] { text(1, key) + text(2, value) }

    /// A `ModelProto` of IR version 8 around the fields of a `GraphProto`.
    static func model(graph: [UInt8]) -> [UInt8] { int(1, 8) + bytes(7, graph) }

    /// A `ModelProto` with one initializer, `w`, around further fields of its `TensorProto`.
    static func model(tensor: [UInt8]) -> [UInt8] { model(graph: bytes(5, text(8, "w") + tensor)) }

    /// A `ModelProto` with one node, `n`, around further fields of its `NodeProto`.
    static func model(node: [UInt8]) -> [UInt8] { model(graph: bytes(1, text(3, "n") + text(4, "Op") + node)) }

    /// A `ModelProto` with one node with one attribute, `a`, around further fields of its `AttributeProto`.
    static func model(attribute: [UInt8]) -> [UInt8] { model(node: bytes(5, text(1, "a") + attribute)) }

    static func region(_ bytes: [UInt8]) throws -> MemoryRegion {
        try bytes.withUnsafeBytes { try MemoryRegion.copying($0) }
    }
}
