import ServingCore
package import ServingTransport

/// One path of a protocol with the method it takes.
package struct Route: Sendable {
    /// Where a route's work is done.
    package enum Work: Sendable {
        /// At once, on the connection's own thread.
        case immediate
        /// On the threads for inference, when one is free.
        case queued
        /// On a thread for what may take long and is no inference.
        case background
    }

    /// The arguments of a route.
    struct Call: Sendable {
        var request: HTTPRequest
        /// The path's variable parts by name, percent-decoded.
        let parameters: [String: String]
        let plane: DataPlane
        /// How the request came to its thread, and whether its client is there.
        var work = WorkContext()

        /// Whether the model that the path names answers as small requests as this in the time of a switch of threads.
        var isShort: Bool {
            guard request.body.count <= InferenceRequest.shortByteCount, let model = try? model() else { return false }
            return model.statistics.isShort
        }

        /// The model that the path names.
        func model() throws(ServingError) -> ServedModel {
            try plane.repository.model(parameters["model", default: ""], version: parameters["version"])
        }

        /// The model that answers the request: the version that its path or its header names, or whose turn it is.
        func answeringModel() throws(ServingError) -> ServedModel {
            let name = parameters["model", default: ""]
            return try plane.repository.model(name, version: parameters["version"]) { request.values(of: $0).first }
        }
    }

    package let method: String
    /// The path as OpenAPI writes it: `/v2/models/{model}/ready`.
    package let path: String
    package let work: Work
    /// The keys that open it.
    package let group: CallGroup
    let answer: @Sendable (Call) throws(ServingError) -> HTTPResponse

    /// A route; without a group of its own it is in the one that opens least.
    init(
        _ method: String,
        _ path: String,
        _ work: Work = .immediate,
        group: CallGroup = .admin,
        answer: @escaping @Sendable (Call) throws(ServingError) -> HTTPResponse
    ) {
        self.method = method
        self.path = path
        self.work = work
        self.group = group
        self.answer = answer
        segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    private let segments: [String]
    /// How many parts of the path vary: of two routes that take a path, the one with fewer has it.
    var parameterCount: Int { segments.count { $0.hasPrefix("{") } }

    /// The variable parts of a path that has this route's form; `nil` for another path.
    func match(_ parts: [String]) -> [String: String]? {
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            if segment.hasPrefix("{") {
                guard !part.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = part
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }
}
