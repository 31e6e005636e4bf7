import Diagnostics
import OnnxReader
import ServingCore
import ServingObservation
import ServingTransport

/// What services there are, for clients that have no descriptors: both versions have the same messages.
///
/// *Source*: gRPC Server Reflection Protocol.
let reflectionMethods = ["v1", "v1alpha"].map { version in
    GRPCStreamMethod(
        name: "grpc.reflection.\(version).ServerReflection/ServerReflectionInfo",
        group: .metadata
    ) { call in
        MessageStream(call) { request, record in
            let response: HTTPResponse
            do throws(ServingError) {
                let answer = try reflectionAnswer(request)
                response = HTTPResponse(part: answer, call.head.answerEncoding)
            } catch {
                response = HTTPResponse(end: GRPCFailure(error))
            }
            record?.end(status: 200, grpcStatus: GRPCCode.ok.rawValue, byteCount: response.body.count)
            return .immediate(response)
        }
    }
}

/// Answers a `ServerReflectionRequest` by a `ServerReflectionResponse`.
///
/// *Throws*: `request` for bytes that are no such message.
private func reflectionAnswer(_ request: [UInt8]) throws(ServingError) -> [UInt8] {
    var host = ""
    var question: UInt32 = 0
    var name = ""
    try MessageReader.read(request, "ServerReflectionRequest") { reader, field throws(ServingError) in
        switch field.number {
        case 1: host = try reader.string(field)
        case 3, 4, 6, 7:
            question = field.number
            name = try reader.string(field)
        case 5:
            question = field.number
            return false
        default: return false
        }
        return true
    }
    return message { writer in
        writer.write(1, host)
        writer.write(2, bytes: request)
        switch question {
        case 3: writer.write(file: DescriptorSet.served.file(named: name), "the file `\(name)` is not known")
        case 4: writer.write(file: DescriptorSet.served.file(containing: name), "the symbol `\(name)` is not known")
        case 7:
            writer.write(6) { writer in
                for service in DescriptorSet.served.services { writer.write(1) { $0.write(1, service) } }
            }
        case 5, 6: writer.write(error: .notFound, "no extensions are known")
        default: writer.write(error: .unimplemented, "the request asks for nothing that is known")
        }
    }
}

extension MessageWriter {
    fileprivate mutating func write(file: [UInt8]?, _ words: String) {
        guard let file else { return write(error: .notFound, words) }
        write(4) { $0.write(1, bytes: file) }
    }

    fileprivate mutating func write(error code: GRPCCode, _ words: String) {
        write(7) { writer in
            writer.write(1, code.rawValue)
            writer.write(2, words)
        }
    }
}
