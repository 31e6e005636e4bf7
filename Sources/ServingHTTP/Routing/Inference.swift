import Scheduling
import ServingCore
import ServingTransport

/// How a request for inference is answered: by its model, together with others where the model is served so.
///
/// *Parameter* limit: the most bytes that a body may have when it is decompressed.
/// *Parameter* read: reads what the model is asked, on the thread that runs it.
func inference(
    _ call: Route.Call,
    limit: Int,
    _ read: @escaping @Sendable (Route.Call, ServedModel) throws(ServingError) -> Route.Inference
) -> HTTPWork {
    let model: ServedModel
    do throws(ServingError) { model = try call.model() } catch { return .immediate(HTTPResponse(error)) }
    let level = model.settings.priorities == nil ? 0 : model.settings.level(ofPriority: priority(of: call.request))
    return .grouped(
        GroupedWork(of: model, level: level, byteCount: call.request.body.count) { abandonment, respond in
            InferenceCall(unless: abandonment) { () throws(ServingError) in
                var call = call
                call.work.abandonment = abandonment
                call.request = try decoded(call.request, limit: limit)
                let inference = try read(call, model)
                return InferenceCall.Reading(inference.core) { [request = call.request] response throws(ServingError) in
                    let answer = encoded(try inference.write(response), for: request)
                    return { respond(answer) }
                }
            } fail: {
                respond(HTTPResponse($0))
            }
        }
    )
}
