import COnnxProto
import CProtobufC
import Diagnostics
package import OnnxIR
package import Tensors

/// Reads a model through protobuf-c: the second reader, to hold the first against.
///
/// It copies everything. protobuf-c has no limit of depth, and overflows its stack on 10,000 nested graphs: give it only what `readModel` of
/// `OnnxReader` accepted within its limits, in a child process.
///
/// *Throws*: `wire` when protobuf-c does not take the bytes, `value`, `notFound`, `refused`.
package func readModelWithProtobuf(
    _ bytes: MemoryRegion,
    folder: String = "."
) throws(OnnxProtobufError) -> Model {
    guard let message = onnx__model_proto__unpack(nil, bytes.bytes.count, start(of: bytes)) else {
        throw OnnxProtobufError(.wire, "protobuf-c does not take the bytes as a `ModelProto`")
    }
    defer { onnx__model_proto__free_unpacked(message, nil) }
    return try MessageDecoder(folder: folder).model(message.pointee)
}

/// Reads a tensor by itself through protobuf-c.
///
/// *Throws*: `wire` when protobuf-c does not take the bytes, `value`, `notFound`, `refused`.
package func readTensorWithProtobuf(
    _ bytes: MemoryRegion,
    folder: String = "."
) throws(OnnxProtobufError) -> OnnxTensor {
    guard let message = onnx__tensor_proto__unpack(nil, bytes.bytes.count, start(of: bytes)) else {
        throw OnnxProtobufError(.wire, "protobuf-c does not take the bytes as a `TensorProto`")
    }
    defer { onnx__tensor_proto__free_unpacked(message, nil) }
    return try MessageDecoder(folder: folder).tensor(message.pointee)
}

/// Reads a value by itself through protobuf-c, as the message that its type says; a tensor when that is `nil`.
///
/// *Throws*: `wire` when protobuf-c does not take the bytes, `value`, `notFound`, `refused`.
package func readValueWithProtobuf(
    _ bytes: MemoryRegion,
    type: ValueType?,
    folder: String = "."
) throws(OnnxProtobufError) -> Value {
    let decoder = MessageDecoder(folder: folder)
    switch type {
    case .sequence(let element):
        guard let message = onnx__sequence_proto__unpack(nil, bytes.bytes.count, start(of: bytes)) else {
            throw OnnxProtobufError(.wire, "protobuf-c does not take the bytes as a `SequenceProto`")
        }
        defer { onnx__sequence_proto__free_unpacked(message, nil) }
        return try decoder.sequence(message.pointee, of: element)
    case .optional(let value):
        guard let message = onnx__optional_proto__unpack(nil, bytes.bytes.count, start(of: bytes)) else {
            throw OnnxProtobufError(.wire, "protobuf-c does not take the bytes as an `OptionalProto`")
        }
        defer { onnx__optional_proto__free_unpacked(message, nil) }
        return try decoder.optional(message.pointee, of: value)
    case .map(_, let value):
        guard let message = onnx__map_proto__unpack(nil, bytes.bytes.count, start(of: bytes)) else {
            throw OnnxProtobufError(.wire, "protobuf-c does not take the bytes as a `MapProto`")
        }
        defer { onnx__map_proto__free_unpacked(message, nil) }
        return try decoder.map(message.pointee, of: value)
    case .tensor, .sparseTensor, .opaque, nil:
        return .tensor(try readTensorWithProtobuf(bytes, folder: folder).tensor)
    }
}

private func start(of region: MemoryRegion) -> UnsafePointer<UInt8>? {
    region.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
}
