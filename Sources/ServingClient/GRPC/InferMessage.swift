import Diagnostics
import OnnxReader
import ServingCore
import ServingGRPC
import Tensors

/// A request for inference as gRPC carries it, with tensors as bytes.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferRequest`.
/// *Throws*: `input` for elements that the protocol has no name for.
package func inferMessage(_ call: InferenceCall) throws(ClientError) -> [UInt8] {
    var writer = MessageWriter()
    writer.reserve(call.inputs.reduce(256) { $0 + ($1.tensor.region?.bytes.count ?? 0) + 128 })
    writer.write(1, call.model)
    writer.write(2, call.version ?? "")
    writer.write(3, call.id ?? "")
    for input in call.inputs {
        guard let datatype = Datatype(input.tensor.elementType) else {
            throw ClientError(
                .input,
                at: .item("input", input.name),
                "the protocol has no name for elements of `\(input.tensor.elementType.name)`"
            )
        }
        writer.write(5) { message in
            message.write(1, input.name)
            message.write(2, datatype.rawValue)
            message.write(3, packed: input.tensor.shape.dimensions)
        }
    }
    for output in call.outputs { writer.write(6) { $0.write(1, output) } }
    for input in call.inputs {
        var bytes: [UInt8] = []
        appendBinary(input.tensor, to: &bytes)
        writer.write(7, bytes: bytes)
    }
    return writer.bytes
}

/// The answer to a request for inference; elements stand in `raw_output_contents` or in each output's `contents`.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferResponse`.
/// *Throws*: `answer` for one of another form.
package func inferenceAnswer(_ message: [UInt8]) throws(ClientError) -> InferenceAnswer {
    var answer = InferenceAnswer()
    var outputs: [InferTensor] = []
    var raw: [Range<Int>] = []
    do throws(ServingError) {
        try MessageReader.read(message, "ModelInferResponse") { reader, field throws(ServingError) in
            switch field.number {
            case 1: answer.modelName = try reader.string(field)
            case 2: answer.modelVersion = try reader.string(field)
            case 3: answer.id = try reader.string(field)
            case 5: outputs.append(try InferTensor(&reader, field))
            case 6: raw.append(try reader.range(field))
            default: return false
            }
            return true
        }
        guard raw.isEmpty || raw.count == outputs.count else {
            let message = "`raw_output_contents` has \(raw.count) elements, expected \(outputs.count)"
            throw ServingError(.request, message)
        }
        for (index, output) in outputs.enumerated() {
            let tensor = try output.tensor(raw.isEmpty ? nil : message[raw[index]])
            answer.outputs.append(NamedTensor(name: output.name, tensor: tensor))
        }
    } catch {
        throw ClientError(.answer, at: error.place, error.message)
    }
    return answer
}
