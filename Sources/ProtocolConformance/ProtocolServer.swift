import Diagnostics
import Downloads
import JSON
package import ServingClient
import ServingGRPC

/// The server that cases are run against.
package final class ProtocolServer {
    let http: HTTPCaller
    let grpc: GRPCCaller?
    /// What the server says of itself; without what it says, the cases say what is wrong.
    package let metadata: ServerMetadata

    /// A server at its addresses.
    ///
    /// *Throws*: `unreachable` when nothing answers.
    package init(_ http: HTTPCaller, grpc: GRPCCaller?) throws(ClientError) {
        self.http = http
        self.grpc = grpc
        do throws(ClientError) {
            metadata = try HTTPInferenceClient(http).serverMetadata()
        } catch {
            guard error.code != .unreachable, error.code != .timeout else { throw error }
            metadata = ServerMetadata()
        }
    }

    /// Whether a model can be asked.
    func has(_ model: String) -> Bool {
        (try? http.call(.get, modelPath(model, version: nil) + "/ready"))?.status == 200
    }

    // MARK: HTTP

    func get(_ path: String, headers: [(name: String, value: String)] = []) throws(ClientError) -> HTTPAnswer {
        try http.call(.get, path, headers: headers)
    }

    func post(
        _ path: String,
        _ body: String,
        headers: [(name: String, value: String)] = [("content-type", "application/json")]
    ) throws(ClientError) -> HTTPAnswer {
        try post(path, headers: headers, body: Array(body.utf8))
    }

    func post(
        _ path: String,
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) throws(ClientError) -> HTTPAnswer {
        try http.call(.post, path, headers: headers, body: body)
    }

    /// Asks a model with a request as text, or with one that has bytes behind it.
    func infer(
        _ model: String,
        version: String? = nil,
        _ json: String,
        binary: [UInt8]? = nil
    ) throws(ClientError) -> HTTPAnswer {
        let path = modelPath(model, version: version) + "/infer"
        guard let binary else { return try post(path, json) }
        let fields = [
            ("content-type", "application/octet-stream"), ("inference-header-content-length", "\(json.utf8.count)"),
        ]
        return try post(path, headers: fields, body: Array(json.utf8) + binary)
    }

    /// The JSON of an answer that is to be a good one.
    func document(_ answer: HTTPAnswer) throws -> JSONValue {
        guard answer.status == 200 else { throw Mismatch("status 200", got: answer.words) }
        var bytes = answer.body
        if let length = answer.header("inference-header-content-length").flatMap({ Int($0) }), length <= bytes.count {
            bytes = Array(bytes[..<length])
        }
        let limits = JSONLimits(depth: 64, acceptsNonFiniteLiterals: true)
        guard let document = try? JSONValue.parse(bytes, limits: limits) else {
            throw Mismatch("a body in JSON", got: answer.words)
        }
        return document
    }

    /// Makes sure that an answer is an error in the form of the protocol, of one of these statuses.
    func expectError(_ answer: HTTPAnswer, _ statuses: ClosedRange<Int> = 400...599) throws {
        let range = statuses.count == 1 ? "\(statuses.lowerBound)" : "\(statuses.lowerBound) to \(statuses.upperBound)"
        guard statuses.contains(answer.status) else { throw Mismatch("status \(range)", got: answer.words) }
        guard let document = try? JSONValue.parse(answer.body), document["error"]?.string?.isEmpty == false else {
            throw Mismatch("status \(range) and `{\"error\": \"…\"}`", got: answer.words)
        }
    }

    /// Makes sure that the server still answers.
    func expectAlive() throws {
        let answer = try get("/v2/health/live")
        guard answer.status == 200 else { throw Mismatch("a server that goes on, status 200", got: answer.words) }
    }

    // MARK: gRPC

    /// Calls a method of the protocol.
    func call(_ method: String, _ message: [UInt8]) throws -> GRPCCaller.Outcome {
        guard let grpc else { throw Skip(reason: "no address of gRPC is given") }
        return try grpc.call("inference.GRPCInferenceService/\(method)", [message])
    }

    /// The message that answers a call that is to end well.
    func answer(_ method: String, _ request: [UInt8]) throws -> [UInt8] {
        let outcome = try call(method, request)
        guard outcome.status == 0, let message = outcome.messages.first else {
            throw Mismatch("status OK and a message", got: outcome.text)
        }
        return message
    }

    /// Makes sure that a call fails, with one of these statuses where they are given.
    func expectFailure(_ outcome: GRPCCaller.Outcome, _ statuses: [Int] = []) throws {
        let names = statuses.map(grpcStatusName).joined(separator: " or ")
        guard outcome.status != 0, statuses.isEmpty || statuses.contains(outcome.status) else {
            throw Mismatch(names.isEmpty ? "a status that is not OK" : names, got: outcome.text)
        }
    }
}

extension HTTPAnswer {
    /// The answer in a line.
    var words: String {
        let text = String(decoding: body.prefix(160), as: UTF8.self)
        let line = text.map { $0.isNewline || $0 == "\0" ? " " : String($0) }.joined()
        return "status \(status)" + (body.isEmpty ? ", no body" : ", body \(line)\(body.count > 160 ? "…" : "")")
    }
}

extension GRPCCaller.Outcome {
    /// The outcome in a line.
    var text: String {
        grpcStatusName(status) + (words.isEmpty ? "" : ": \(words.prefix(160))")
            + (status == 0 ? ", \(messages.count) messages" : "")
    }
}

/// Makes sure of something.
func expect(_ isSo: Bool, _ expected: String, got: @autoclosure () -> String) throws {
    guard isSo else { throw Mismatch(expected, got: got()) }
}
