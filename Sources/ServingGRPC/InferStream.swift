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
    MessageStream(call) { request, record in
        let work = QueuedWork { [plane = call.plane, encoding = call.head.answerEncoding, field = call.field] work in
            let answer: [UInt8]
            var code = GRPCCode.ok
            do throws(ServingError) {
                let context = GRPCMethod.Context(plane: plane, work: work, patience: nil, record: record, field: field)
                let response = try modelInfer(request, context)
                answer = message { $0.write(2, bytes: response) }
            } catch {
                code = GRPCCode(error.code)
                answer = message { $0.write(1, error.description) }
            }
            record?.end(status: 200, grpcStatus: code.rawValue, byteCount: answer.count)
            return HTTPResponse(part: answer, encoding)
        }
        return .queued(work)
    }
}
