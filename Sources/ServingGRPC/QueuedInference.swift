import Diagnostics
import Scheduling
import ServingCore
import ServingObservation
import ServingTransport

/// How a request for inference waits for a thread, one in a call or one of many.
struct QueuedInference: Sendable {
    let plane: DataPlane
    /// How long the client waits, in nanoseconds.
    let patience: Int?
    /// What is noted of the request, when somebody wants to know.
    let record: RequestRecord?
    /// The answer with the bytes of a `ModelInferResponse`.
    let succeed: @Sendable ([UInt8]) -> HTTPResponse
    let fail: @Sendable (ServingError) -> HTTPResponse

    /// Tells the threads whose work a message is, how urgent, and how it is done together with others.
    ///
    /// *Parameter* model: the one that answers.
    /// *Parameter* start: where the message begins in the bytes, which end with it.
    func place(
        _ work: inout QueuedWork,
        for model: ServedModel,
        _ outline: InferOutline,
        _ bytes: [UInt8],
        from start: Int
    ) {
        work.group = model
        work.level = model.settings.level(ofPriority: outline.priority)
        guard model.policy.batching != nil else { return }
        work.together = { ticket, respond in
            Work(of: model, ticket, together: call(by: model, ticket, bytes, from: start, respond))
        }
    }

    private func call(
        by model: ServedModel,
        _ ticket: WorkTicket,
        _ bytes: [UInt8],
        from start: Int,
        _ respond: @escaping QueuedWork.Respond
    ) -> ModelCall {
        ModelCall(unless: ticket.abandonment, record: record, samples: plane.samples) { () throws(ServingError) in
            let call = try InferCall(start == 0 ? bytes : Array(bytes[min(start, bytes.count)...]))
            return ModelCall.Reading(try call.core(patience: patience)) { response throws(ServingError) in
                let answer = succeed(try inferResponse(response, to: call, of: model))
                return { respond(answer) }
            }
        } fail: {
            respond(fail($0))
        }
    }
}
