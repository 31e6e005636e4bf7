import Diagnostics
import Downloads
import ServingGRPC

/// Single calls of gRPC, one after the other; libcurl has the connection, its HTTP/2 and its encryption.
///
/// *Source*: gRPC over HTTP2.
package final class GRPCCaller {
    package let address: ServerAddress
    private let caller: HTTPCaller
    private let options: ClientOptions

    /// A caller; no connection is made yet.
    ///
    /// *Throws*: `unreachable` where libcurl is not on the machine.
    package init(_ address: ServerAddress, _ options: ClientOptions) throws(ClientError) {
        self.address = address
        self.options = options
        caller = try HTTPCaller(address, options, version: .http2)
    }

    /// How a call ended, and the messages that came before its end.
    package struct Outcome: Sendable {
        /// The status: 0 when the call ended well.
        package let status: Int
        /// What the server says of a failure.
        package let words: String
        package let messages: [[UInt8]]
    }

    /// Calls a method with messages that are all sent before an answer is read.
    ///
    /// *Parameter* method: with its service: `inference.GRPCInferenceService/ModelInfer`.
    /// *Parameter* headers: more metadata.
    /// *Throws*: `unreachable`, `timeout`, and `answer` for what is no answer of gRPC.
    package func call(
        _ method: String,
        _ messages: [[UInt8]],
        headers: [(name: String, value: String)] = []
    ) throws(ClientError) -> Outcome {
        try call(method, body: messages.flatMap { framed($0) }, headers: headers)
    }

    /// Calls a method with the bytes of messages that are framed already.
    package func call(
        _ method: String,
        body: [UInt8],
        headers: [(name: String, value: String)]
    ) throws(ClientError) -> Outcome {
        let own = [("content-type", "application/grpc"), ("te", "trailers")]
        let named = own.filter { field in !headers.contains { $0.name == field.0 } }
        let answer = try caller.call(.post, "/" + method, headers: named + headers, body: body)
        let place = Place.file("\(address.description)/\(method)")
        guard answer.status == 200, let status = answer.header("grpc-status").flatMap({ Int($0) }) else {
            throw ClientError(
                .answer,
                at: place,
                "the answer is not one of gRPC, expected status 200 and `grpc-status`, got status \(answer.status)",
                hint: "is it the gRPC port of the server?"
            )
        }
        let words = answer.header("grpc-message") ?? ""
        return Outcome(
            status: status,
            words: percentDecoded(words) ?? words,
            messages: try locating(place) { () throws(ClientError) in try self.messages(answer) }
        )
    }

    private func messages(_ answer: HTTPAnswer) throws(ClientError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var frames = GRPCMessages(
            encoding: answer.header("grpc-encoding") ?? "identity",
            limit: options.answerByteLimit
        )
        frames.append(answer.body)
        do throws(GRPCFailure) {
            while let message = try frames.next() { found.append(message) }
        } catch {
            throw ClientError(.answer, error.message)
        }
        guard frames.isEmpty else { throw ClientError(.answer, "the last message is cut off") }
        return found
    }
}
