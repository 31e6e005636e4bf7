import COnnxProto
import CProtobufC
import Diagnostics
import Files
package import OnnxIR
import Tensors

/// The bytes of a model file; equal models have equal bytes.
///
/// *Throws*: `text`, `depth`, and `tooLarge` above 2 GiB.
package func serialize(_ model: Model) throws(OnnxProtobufError) -> [UInt8] {
    let encoder = MessageEncoder()
    defer { withExtendedLifetime(encoder) {} }
    return try packed(UnsafeRawPointer(try encoder.model(model)))
}

/// The bytes of a tensor by itself, as ONNX's test data holds them.
///
/// *Throws*: `text`, and `tooLarge` above 2 GiB.
package func serialize(_ tensor: OnnxTensor) throws(OnnxProtobufError) -> [UInt8] {
    let encoder = MessageEncoder()
    defer { withExtendedLifetime(encoder) {} }
    return try packed(UnsafeRawPointer(try encoder.tensor(tensor)))
}

/// Writes a model, and beside it its external data, under the name of the model and `.data`, where the policy asks for
/// it.
///
/// Both are written in full before either appears under its name; equal models make equal files.
///
/// *Throws*: `text`, `depth`, `tooLarge` when the model is above 2 GiB without its external data, `notFound`, `refused`.
package func writeModel(
    _ model: Model,
    path: String,
    externalData policy: ExternalDataPolicy = .automatic
) throws(OnnxProtobufError) {
    let dataPath = path + ".data"
    let location = dataPath.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
    let minimumByteCount: Int
    switch policy {
    case .never: return try EncodedModel(model, path: path).write(dataPath: dataPath)
    case .initializers(let byteCount): minimumByteCount = max(byteCount, 1)
    case .whenModelExceeds(let byteCount):
        let whole = try EncodedModel(model, path: path)
        guard whole.byteCount > min(byteCount, largestMessageByteCount) else {
            return try whole.write(dataPath: dataPath)
        }
        minimumByteCount = 1024
    }
    let plan = ExternalDataPlan(location: location ?? dataPath, minimumByteCount: minimumByteCount)
    try EncodedModel(model, path: path, plan: plan).write(dataPath: dataPath)
}

/// A model as a message of protobuf-c, on its way to a file.
private struct EncodedModel {
    private let encoder: MessageEncoder
    private let message: UnsafeRawPointer
    private let path: String
    private let plan: ExternalDataPlan?

    init(_ model: Model, path: String, plan: ExternalDataPlan? = nil) throws(OnnxProtobufError) {
        let encoder = MessageEncoder(externalData: plan)
        message = UnsafeRawPointer(
            try locating(.file(path)) { () throws(OnnxProtobufError) in try encoder.model(model) }
        )
        (self.encoder, self.path, self.plan) = (encoder, path, plan)
    }

    /// The bytes of the message, without those of the plan's file.
    var byteCount: Int { withExtendedLifetime(encoder) { packedByteCount(message) } }

    /// Writes the message, and what the plan holds.
    func write(dataPath: String) throws(OnnxProtobufError) {
        defer { withExtendedLifetime(encoder) {} }
        guard byteCount <= largestMessageByteCount else { throw tooLarge(message).within(.file(path)) }
        do {
            let modelFile = try AtomicFile(path: path)
            try FileSink(modelFile).pack(message.assumingMemoryBound(to: ProtobufCMessage.self))
            if let plan, !plan.isEmpty {
                let dataFile = try AtomicFile(path: dataPath)
                try plan.write(to: dataFile)
                try dataFile.commit()
            }
            try modelFile.commit()
        } catch {
            throw OnnxProtobufError(error)
        }
    }
}

private func packed(_ message: UnsafeRawPointer) throws(OnnxProtobufError) -> [UInt8] {
    let count = packedByteCount(message)
    guard count <= largestMessageByteCount else { throw tooLarge(message) }
    return [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
        initialized = protobuf_c_message_pack(
            message.assumingMemoryBound(to: ProtobufCMessage.self),
            target.baseAddress
        )
    }
}

private func packedByteCount(_ message: UnsafeRawPointer) -> Int {
    protobuf_c_message_get_packed_size(message.assumingMemoryBound(to: ProtobufCMessage.self))
}

private func tooLarge(_ message: UnsafeRawPointer) -> OnnxProtobufError {
    OnnxProtobufError(
        .tooLarge,
        "the model has \(packedByteCount(message)) bytes, expected at most \(largestMessageByteCount)",
        hint: "write its weights as external data"
    )
}
