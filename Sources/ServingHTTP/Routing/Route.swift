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

        /// The model that the path names; the only one for a path that names none.
        func model() throws(ServingError) -> ServedModel {
            guard let name = parameters["model"] else { return try soleModel() }
            return try plane.repository.model(name, version: parameters["version"])
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
        segments = path.split(separator: "/", omittingEmptySubsequences: false)
            .map { isLiteral ? .literal(String($0)) : Segment($0) }
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
