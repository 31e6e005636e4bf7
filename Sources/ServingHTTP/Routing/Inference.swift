import Scheduling
import ServingCore
import ServingTransport

extension Route.Call {
    /// The answer to a request for inference, made for it alone.
    func answer(_ read: Route.Read) throws(ServingError) -> HTTPResponse {
        let model = try answeringModel()
        return try model.answer(waited: work.waited, record: request.record, samples: plane.samples) {
            () throws(ServingError) in
            let inference = try read(self, model)
            var core = inference.core
            core.isAbandoned = { [abandonment = work.abandonment] in abandonment.isSet }
            return (inference, core)
        } write: { inference, response throws(ServingError) in
            try inference.write(response)
        }
    }

    /// Tells the threads whose work the request is, how urgent, and how it is done together with others.
    ///
    /// *Parameter* limit: the most bytes that a body may have when it is decompressed.
    func queued(
        _ route: Route,
        limit: Int,
        answer: @escaping @Sendable (WorkContext) -> HTTPResponse
    ) -> QueuedWork {
        guard let model = chosen else { return QueuedWork(answer) }
        let isSmall = request.body.count <= InferenceRequest.shortByteCount
        var work = QueuedWork(isShort: isSmall && model.statistics.isShort, answer)
        work.group = model
        if model.settings.priorities != nil { work.level = model.settings.level(ofPriority: priority(of: request)) }
        if let read = route.read, model.policy.batching != nil {
            work.together = { ticket, respond in
                Work(of: model, ticket, together: inference(by: model, read, ticket, limit: limit, respond))
            }
        }
        return work
    }

    private func inference(
        by model: ServedModel,
        _ read: @escaping Route.Read,
        _ ticket: WorkTicket,
        limit: Int,
        _ respond: @escaping QueuedWork.Respond
    ) -> ModelCall {
        ModelCall(unless: ticket.abandonment, record: request.record, samples: plane.samples) {
            () throws(ServingError) in
            var call = self
            call.request = try decoded(request, limit: limit)
            let inference = try read(call, model)
            return ModelCall.Reading(inference.core) { [request = call.request] response throws(ServingError) in
                let answer = encoded(try inference.write(response), for: request)
                return { respond(answer) }
            }
        } fail: {
            respond(HTTPResponse($0))
        }
    }
}
