import Diagnostics
import OnnxReader
import ServingCore
import ServingGRPC
import Tensors

/// The Open Inference Protocol over gRPC.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`.
package struct GRPCInferenceClient: InferenceClient {
    private let caller: GRPCCaller

    /// A client that asks through a caller.
    package init(_ caller: GRPCCaller) { self.caller = caller }

    package func serverMetadata() throws(ClientError) -> ServerMetadata {
        var metadata = ServerMetadata()
        try read("ServerMetadata", []) { reader, field throws(ServingError) in
            switch field.number {
            case 1: metadata.name = try reader.string(field)
            case 2: metadata.version = try reader.string(field)
            case 3: metadata.extensions.append(try reader.string(field))
            default: return false
            }
            return true
        }
        return metadata
    }

    package func modelMetadata(_ name: String, version: String?) throws(ClientError) -> ModelMetadata {
        var metadata = ModelMetadata()
        let request = message { writer in
            writer.write(1, name)
            writer.write(2, version ?? "")
        }
        try read("ModelMetadata", request) { reader, field throws(ServingError) in
            switch field.number {
            case 1: metadata.name = try reader.string(field)
            case 2: metadata.versions.append(try reader.string(field))
            case 3: metadata.platform = try reader.string(field)
            case 4: metadata.inputs.append(try Self.tensor(&reader, field))
            case 5: metadata.outputs.append(try Self.tensor(&reader, field))
            default: return false
            }
            return true
        }
        return metadata
    }

    private static func tensor(
        _ reader: inout MessageReader,
        _ field: WireField
    ) throws(ServingError) -> ModelMetadata.Tensor {
        var tensor = ModelMetadata.Tensor()
        try reader.message(field, "TensorMetadata") { reader, field throws(ServingError) in
            switch field.number {
            case 1: tensor.name = try reader.string(field)
            case 2: tensor.datatype = try reader.string(field)
            case 3: try reader.append(field, to: &tensor.shape) { Int(Int64(bitPattern: $0)) }
            default: return false
            }
            return true
        }
        return tensor
    }

    package func infer(_ call: InferenceCall) throws(ClientError) -> InferenceAnswer {
        let message = try answer("ModelInfer", try inferMessage(call))
        return try locating(place("ModelInfer")) { () throws(ClientError) in try inferenceAnswer(message) }
    }

    private func read(
        _ method: StaticString,
        _ request: [UInt8],
        _ body: (inout MessageReader, WireField) throws(ServingError) -> Bool
    ) throws(ClientError) {
        let message = try answer("\(method)", request)
        do throws(ServingError) {
            try MessageReader.read(message, method, body)
        } catch {
            throw ClientError(.answer, at: error.place, error.message).within(place("\(method)"))
        }
    }

    /// The one message that a call is answered with.
    private func answer(_ method: String, _ request: [UInt8]) throws(ClientError) -> [UInt8] {
        let outcome = try caller.call("inference.GRPCInferenceService/\(method)", [request])
        guard outcome.status == 0 else { throw refusal(outcome, place(method)) }
        guard outcome.messages.count == 1, let message = outcome.messages.first else {
            let count = outcome.messages.count
            throw ClientError(.answer, at: place(method), "the answer has \(count) messages, expected 1")
        }
        return message
    }

    private func place(_ method: String) -> Place { .file("\(caller.address.description)/\(method)") }

    /// What a status that is not 0 means, in the server's words.
    ///
    /// *Source*: gRPC, Status codes and their use in gRPC.
    private func refusal(_ outcome: GRPCCaller.Outcome, _ place: Place) -> ClientError {
        let code: ClientCode =
            switch outcome.status {
            case 4: .timeout
            case 5: .notFound
            case 12: .unsupported
            case 2, 8, 13, 14, 15: .failed
            default: .refused
            }
        let name = grpcStatusName(outcome.status)
        return ClientError(
            code,
            at: place,
            "the server answers \(name)" + (outcome.words.isEmpty ? "" : ": \(outcome.words)")
        )
    }
}

/// The name of a status of gRPC.
package func grpcStatusName(_ status: Int) -> String {
    let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
    return names.indices.contains(status) ? names[status] : "status \(status)"
}
