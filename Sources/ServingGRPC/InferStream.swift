import Diagnostics
import ServingCore
import ServingObservation
import ServingTransport

/// Requests for inference that come one after the other in one call.
///
/// A request that fails is answered with its error, and the call goes on.
///
/// *Source*: Triton, `grpc_service.proto`, `ModelStreamInfer`.
let modelStreamInfer = GRPCStreamMethod(
    name: "inference.GRPCInferenceService/ModelStreamInfer",
    group: .inference
) { call in
    MessageStream(call) { request, record in .queued(queued(call, request, record)) }
}

/// How one of many requests waits for a thread and is answered.
private func queued(_ call: GRPCStreamMethod.Call, _ request: [UInt8], _ record: RequestRecord?) -> QueuedWork {
    let (plane, encoding) = (call.plane, call.head.answerEncoding)
    let outline = InferOutline(request, from: 0)
    let model = outline.flatMap { outline in try? plane.repository.model(outline, answering: call.field) }
    let end = { @Sendable (answer: [UInt8], code: GRPCCode) in
        record?.end(status: 200, grpcStatus: code.rawValue, byteCount: answer.count)
        return HTTPResponse(part: answer, encoding)
    }
    let succeed = { @Sendable (response: [UInt8]) in end(message { $0.write(2, bytes: response) }, .ok) }
    let fail = { @Sendable (error: ServingError) in
        end(message { $0.write(1, error.description) }, GRPCCode(error.code))
    }
    var work = QueuedWork { [field = call.field] work in
        do throws(ServingError) {
            let context = GRPCMethod.Context(
                plane: plane,
                work: work,
                patience: nil,
                record: record,
                field: field,
                model: model
            )
            return succeed(try modelInfer(request, context))
        } catch {
            return fail(error)
        }
    }
    work.refused = { refusal in end(message { $0.write(1, refusal.message) }, GRPCCode(refusal.status)) }
    guard let outline, let model else { return work }
    let inference = QueuedInference(plane: plane, patience: nil, record: record, succeed: succeed, fail: fail)
    inference.place(&work, for: model, outline, request, from: 0)
    return work
}
