import Diagnostics
import Scheduling
import ServingCore
import ServingTransport

/// How requests for inference are answered, one in a call or one after the other.
struct ModelInfer: Sendable {
    let plane: DataPlane
    /// How long the client waits, in nanoseconds.
    let patience: Int?
    /// The answer with the bytes of a `ModelInferResponse`.
    let succeed: @Sendable ([UInt8]) -> HTTPResponse
    let fail: @Sendable (ServingError) -> HTTPResponse

    /// The work for a request whose message starts somewhere in some bytes and takes the rest of them.
    func work(_ bytes: [UInt8], from start: Int = 0) -> HTTPWork {
        guard let outline = InferOutline(bytes, from: start) else { return workOnThread(bytes, from: start) }
        let model: ServedModel
        do throws(ServingError) {
            model = try plane.repository.model(outline.modelName, version: outline.modelVersion)
        } catch {
            return .immediate(fail(error))
        }
        let hasLevels = model.settings.priorities != nil
        let priority = hasLevels ? InferOutline.priority(bytes, from: start) : 0
        let level = model.settings.level(ofPriority: priority)
        return .grouped(
            GroupedWork(of: model, level: level, byteCount: bytes.count) { abandonment, respond in
                InferenceCall(unless: abandonment) { () throws(ServingError) in
                    let call = try InferCall(start == 0 ? bytes : Array(bytes[min(start, bytes.count)...]))
                    return InferenceCall.Reading(try call.core(patience: patience)) { response throws(ServingError) in
                        let answer = try write(response, call, model)
                        return { respond(answer) }
                    }
                } fail: {
                    respond(fail($0))
                }
            }
        )
    }

    /// The work for a message that is not what it should be, or has so many fields that a thread is to look at them.
    private func workOnThread(_ bytes: [UInt8], from start: Int) -> HTTPWork {
        .queued { answer(Array(bytes[min(start, bytes.count)...]), $0) }
    }

    /// Answers a message alone, on a thread that computes.
    func answer(_ message: [UInt8], _ context: WorkContext) -> HTTPResponse {
        do throws(ServingError) {
            let call = try InferCall(message)
            let model = try plane.repository.model(call.modelName, version: call.modelVersion)
            return try model.answer(waited: context.waited) { () throws(ServingError) in
                var core = try call.core(patience: patience)
                core.isAbandoned = { [abandonment = context.abandonment] in abandonment.isSet }
                return (call, core)
            } write: { call, response throws(ServingError) in
                try write(response, call, model)
            }
        } catch {
            return fail(error)
        }
    }

    private func write(
        _ response: InferenceResponse,
        _ call: InferCall,
        _ model: ServedModel
    ) throws(ServingError) -> HTTPResponse {
        let outputs = try response.outputs(classifying: call.classCounts, of: model)
        return succeed(try inferResponse(outputs, to: call, of: model))
    }
}
