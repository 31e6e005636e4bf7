import Diagnostics
import ServingCore
import ServingObservation
import ServingTransport

/// Requests for inference that come one after the other in one call, each answered in its turn.
///
/// A request that fails is answered with its error, and the call goes on.
///
/// *Source*: Triton, `grpc_service.proto`, `ModelStreamInfer`.
struct InferStream: HTTPStream {
    private let plane: DataPlane
    private let head: GRPCHead
    private var messages: GRPCMessages
    private var failure: GRPCFailure?
    var record: RequestRecord?

    init(_ plane: DataPlane, _ head: GRPCHead, limit: Int) {
        self.plane = plane
        self.head = head
        messages = GRPCMessages(encoding: head.encoding, limit: limit)
    }

    var headers: [(name: String, value: String)] {
        let encoding = head.answerEncoding.map { [(name: "grpc-encoding", value: $0.grpcName)] } ?? []
        return [("content-type", "application/grpc")] + encoding
    }

    var pendingByteCount: Int { messages.byteCount }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [HTTPWork] {
        guard failure == nil else { return [] }
        messages.append(bytes)
        var work: [HTTPWork] = []
        do throws(GRPCFailure) {
            while let message = try messages.next() { work.append(answer(message)) }
        } catch {
            failure = error
            work.append(.immediate(HTTPResponse(end: error)))
        }
        return work
    }

    mutating func finish() -> HTTPWork {
        let rest = GRPCFailure(code: .internal, message: "the last message is cut off")
        return .immediate(HTTPResponse(end: failure ?? (messages.isEmpty ? nil : rest)))
    }

    private func answer(_ request: [UInt8]) -> HTTPWork {
        let (plane, encoding) = (plane, head.answerEncoding)
        let record = record?.message(byteCount: request.count)
        record?.setRoute(GRPCService.streamTarget, isInference: true)
        let work = QueuedWork { work in
            let answer: [UInt8]
            var code = GRPCCode.ok
            do throws(ServingError) {
                let context = GRPCMethod.Context(plane: plane, work: work, patience: nil, record: record)
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
