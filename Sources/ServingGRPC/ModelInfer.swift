import Diagnostics
import ServingCore
import ServingTransport
import Tensors

/// Computing the outputs of a model.
let inferenceMethods = [inferenceMethod("ModelInfer", .queued, group: .inference, modelInfer)]

/// Answers a request for inference.
@Sendable func modelInfer(_ bytes: [UInt8], _ context: GRPCMethod.Context) throws(ServingError) -> [UInt8] {
    let call = try InferCall(bytes)
    let model = try context.plane.repository.model(call.modelName, version: call.modelVersion)
    return try model.answer(waited: context.work.waited, record: context.record, samples: context.plane.samples) {
        () throws(ServingError) in
        var core = try call.core(patience: context.patience)
        core.isAbandoned = { [abandonment = context.work.abandonment] in abandonment.isSet }
        return (call, core)
    } write: { call, response throws(ServingError) in
        try inferResponse(try response.outputs(classifying: call.classCounts, of: model), to: call, of: model)
    }
}

/// The answer to a request for inference; the elements stand in `raw_output_contents`.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferResponse`.
private func inferResponse(
    _ outputs: [NamedTensor],
    to call: InferCall,
    of model: ServedModel
) throws(ServingError) -> [UInt8] {
    var writer = MessageWriter()
    writer.reserve(outputs.reduce(256) { $0 + ($1.tensor.region?.bytes.count ?? 0) + 128 })
    writer.write(1, model.name)
    writer.write(2, model.version)
    writer.write(3, call.id)
    for output in outputs {
        guard let datatype = Datatype(output.tensor.elementType) else {
            throw ServingError(
                .unsupported,
                at: .item("output", output.name),
                "the protocol has no name for elements of \(output.tensor.elementType.name)"
            )
        }
        writer.write(5) { message in
            message.write(1, output.name)
            message.write(2, datatype.rawValue)
            message.write(3, packed: output.tensor.shape.dimensions)
        }
    }
    for output in outputs {
        if let region = output.tensor.region {
            writer.write(6, bytes: region.bytes)
        } else {
            var bytes: [UInt8] = []
            appendBinary(output.tensor, to: &bytes)
            writer.write(6, bytes: bytes)
        }
    }
    return writer.bytes
}
