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
        /// The model that answers, once it is chosen.
        var chosen: ServedModel?

        /// The model that the path names; the only one for a path that names none.
        func model() throws(ServingError) -> ServedModel {
            guard let name = parameters["model"] else { return try soleModel() }
            return try plane.repository.model(name, version: parameters["version"])
        }

        /// The model that answers the request: the version that its path or its header names, or whose turn it is.
        func answeringModel() throws(ServingError) -> ServedModel {
            if let chosen { return chosen }
            let name: String
            if let named = parameters["model"] { name = named } else { name = try soleModel().name }
            return try plane.repository.model(name, version: parameters["version"]) { request.values(of: $0).first }
        }
    }

    /// A request for inference that was read, and how its answer is written.
    struct Inference: Sendable {
        let core: InferenceRequest
        let write: @Sendable (InferenceResponse) throws(ServingError) -> HTTPResponse

        init(
            core: InferenceRequest,
            write: @escaping @Sendable (InferenceResponse) throws(ServingError) -> HTTPResponse
        ) {
            self.core = core
            self.write = write
        }
    }

    /// Reads what a model is asked.
    typealias Read = @Sendable (Call, ServedModel) throws(ServingError) -> Inference

    package let method: String
    /// The path as OpenAPI writes it: `/v2/models/{model}/ready`.
    package let path: String
    package let work: Work
    /// The keys that open it.
    package let group: CallGroup
    let answer: @Sendable (Call) throws(ServingError) -> HTTPResponse
    /// Reads a request that may run together with others; `nil` when each is answered alone.
    let read: Read?

    /// A route; without a group of its own it is in the one that opens least.
    ///
    /// *Parameter* isLiteral: whether the path has no variable parts, whatever characters it has.
    init(
        _ method: String,
        _ path: String,
        _ work: Work = .immediate,
        group: CallGroup = .admin,
        isLiteral: Bool = false,
        answer: @escaping @Sendable (Call) throws(ServingError) -> HTTPResponse
    ) {
        self.method = method
        self.path = path
        self.work = work
        self.group = group
        self.answer = answer
        read = nil
        segments = path.split(separator: "/", omittingEmptySubsequences: false)
            .map { isLiteral ? .literal(String($0)) : Segment($0) }
    }

    /// A route for inference by the model that its path names.
    init(_ method: String, _ path: String, read: @escaping Read) {
        self.method = method
        self.path = path
        work = .queued
        group = .inference
        answer = { call throws(ServingError) in try call.answer(read) }
        self.read = read
        segments = path.split(separator: "/", omittingEmptySubsequences: false).map { Segment($0) }
    }

    /// A part of a path between slashes.
    private enum Segment: Sendable {
        case literal(String)
        /// What varies, by its name, with what follows it: `{model}:predict`.
        case variable(name: String, suffix: String)

        init(_ text: Substring) {
            guard text.first == "{", let end = text.firstIndex(of: "}") else {
                self = .literal(String(text))
                return
            }
            let name = text[text.index(after: text.startIndex)..<end]
            self = .variable(name: String(name), suffix: String(text[text.index(after: end)...]))
        }
    }

    private let segments: [Segment]
    /// How many parts between slashes the path has.
    var partCount: Int { segments.count }

    /// How much of the path varies: of two routes that take a path, the one with less has it.
    ///
    /// A part counts for less when its end is fixed.
    var vagueness: Int {
        segments.reduce(0) { sum, segment in
            guard case .variable(_, let suffix) = segment else { return sum }
            return sum + (suffix.isEmpty ? 3 : 2)
        }
    }

    /// The variable parts of a path that has this route's form; `nil` for another path.
    ///
    /// *Parameter* parts: as many as `partCount`.
    func match(_ parts: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .variable(let name, ""):
                guard !part.isEmpty else { return nil }
                parameters[name] = part
            case .variable(let name, let suffix):
                guard part.hasSuffix(suffix), part.utf8.count > suffix.utf8.count else { return nil }
                parameters[name] = String(part.dropLast(suffix.count))
            }
        }
        return parameters
    }
}
