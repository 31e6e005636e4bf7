import Diagnostics
import Downloads
import JSON
import ServingCore
import Tensors

/// The Open Inference Protocol over HTTP.
package struct HTTPInferenceClient: InferenceClient {
    private let caller: HTTPCaller

    /// A client that asks through a caller.
    package init(_ caller: HTTPCaller) { self.caller = caller }

    package func serverMetadata() throws(ClientError) -> ServerMetadata {
        let document = try json("/v2")
        return ServerMetadata(
            name: document["name"]?.string ?? "",
            version: document["version"]?.string ?? "",
            extensions: (document["extensions"]?.array ?? []).compactMap(\.string)
        )
    }

    package func modelMetadata(_ name: String, version: String?) throws(ClientError) -> ModelMetadata {
        let document = try json(modelPath(name, version: version))
        var metadata = ModelMetadata(inputs: Self.tensors(document["inputs"]))
        metadata.name = document["name"]?.string ?? name
        metadata.versions = (document["versions"]?.array ?? []).compactMap(\.string)
        metadata.platform = document["platform"]?.string ?? ""
        metadata.outputs = Self.tensors(document["outputs"])
        return metadata
    }

    private static func tensors(_ value: JSONValue?) -> [ModelMetadata.Tensor] {
        (value?.array ?? []).map { tensor in
            ModelMetadata.Tensor(
                name: tensor["name"]?.string ?? "",
                datatype: tensor["datatype"]?.string ?? "",
                shape: (tensor["shape"]?.array ?? []).compactMap { $0.number?.int }
            )
        }
    }

    package func infer(_ call: InferenceCall) throws(ClientError) -> InferenceAnswer {
        let body = try inferBody(call)
        let path = modelPath(call.model, version: call.version) + "/infer"
        let answer = try caller.call(.post, path, headers: body.headers, body: body.bytes)
        guard answer.status == 200 else { throw Self.refusal(answer, place(path)) }
        return try locating(place(path)) { () throws(ClientError) in try inferenceAnswer(answer) }
    }

    private func json(_ path: String) throws(ClientError) -> JSONValue {
        let answer = try caller.call(.get, path)
        guard answer.status == 200 else { throw Self.refusal(answer, place(path)) }
        do throws(JSONError) {
            return try JSONValue.parse(answer.body, limits: JSONLimits(depth: 64))
        } catch {
            throw ClientError(
                .answer,
                at: place(path).within(.unknown),
                "the answer is not JSON: \(error)",
                hint: "is it the HTTP port of a server of the Open Inference Protocol?"
            )
        }
    }

    private func place(_ path: String) -> Place { .file(caller.address.description + path) }

    /// What a status that is not 200 means, in the server's words.
    ///
    /// *Source*: Open Inference Protocol, Inference Response JSON Error Object.
    private static func refusal(_ answer: HTTPAnswer, _ place: Place) -> ClientError {
        let text = String(decoding: answer.body.prefix(2000), as: UTF8.self)
        let said = (try? JSONValue.parse(answer.body))?["error"]?.string ?? text
        let words = String(said.split(whereSeparator: \.isNewline).joined(separator: " "))
        let code: ClientCode =
            switch answer.status {
            case 404: .notFound
            case 501: .unsupported
            case 500...: .failed
            default: .refused
            }
        return ClientError(code, at: place, "the server answers \(answer.status)" + (words.isEmpty ? "" : ": \(words)"))
    }
}

/// The path of a model.
package func modelPath(_ name: String, version: String?) -> String {
    "/v2/models/\(pathSegment(name))" + (version.map { "/versions/\(pathSegment($0))" } ?? "")
}
