package import ServingCore
import ServingObservation
package import ServingTransport

/// Finds the route of a request, and has it answered.
package struct Router: HTTPService {
    /// The routes by the count of their paths' parts, in the order in which they are tried.
    private let routes: [Int: [Route]]
    private let plane: DataPlane
    private let bodyByteLimit: Int
    /// What paths there are, for messages.
    private let words: String

    /// A router over a list of routes.
    ///
    /// *Parameter* bodyByteLimit: the most bytes that a body may have when it is decompressed.
    /// *Parameter* words: what paths there are, for messages.
    package init(
        _ routes: [Route] = httpRoutes(),
        plane: DataPlane,
        bodyByteLimit: Int = ServerLimits().bodyByteCount,
        words: String = "a path of the Open Inference Protocol below `/v2`, or of a dialect such as `/v1/models`"
    ) {
        self.routes = Dictionary(grouping: routes.sorted { $0.vagueness < $1.vagueness }, by: \.partCount)
        self.plane = plane
        self.bodyByteLimit = bodyByteLimit
        self.words = words
    }

    package var isDraining: Bool { plane.isDraining }

    package func response(to refusal: Refusal) -> HTTPResponse {
        HTTPResponse(refusal.status, error: refusal.message)
    }

    package func work(for request: HTTPRequest) -> HTTPWork {
        switch find(request) {
        case .route(let route, let parameters):
            request.record?.setRoute(route.path, isInference: route.work == .queued)
            return work(route, Route.Call(request: request, parameters: parameters, plane: plane))
        case .nothing(let response): return .immediate(response)
        }
    }

    /// What there is for a request.
    private enum Found {
        case route(Route, parameters: [String: String])
        case nothing(HTTPResponse)
    }

    private func find(_ request: HTTPRequest) -> Found {
        let path = request.target.prefix { $0 != "?" && $0 != "#" }
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = percentDecoded(part) else {
                return .nothing(HTTPResponse(.badRequest, error: "the path `\(part)` is not percent-encoded UTF-8"))
            }
            parts.append(decoded)
        }
        // The least vague path that matches is meant, whatever the method: `m:predict` is no name of a model.
        var meant: String?
        var allowed: [String] = []
        for route in routes[parts.count] ?? [] where meant == nil || meant == route.path {
            guard let parameters = route.match(parts) else { continue }
            meant = route.path
            allowed.append(route.method)
            guard route.method == request.method || (request.method == "HEAD" && route.method == "GET") else {
                continue
            }
            return .route(route, parameters: parameters)
        }
        guard !allowed.isEmpty else {
            return .nothing(HTTPResponse(.notFound, error: "the path `\(path)` is not served, expected \(words)"))
        }
        return .nothing(methodNotAllowed(allowed, request))
    }

    private func methodNotAllowed(_ methods: [String], _ request: HTTPRequest) -> HTTPResponse {
        let allowed = methods + (methods.contains("GET") ? ["HEAD"] : [])
        var response = HTTPResponse(
            .methodNotAllowed,
            error: "the method is wrong, expected \(allowed.joined(separator: " or ")), got `\(request.method)`"
        )
        response.headers.append(("allow", allowed.joined(separator: ", ")))
        return response
    }

    private func work(_ route: Route, _ call: Route.Call) -> HTTPWork {
        var call = call
        // Once for each request: it counts whose turn it is.
        if route.work == .queued { call.chosen = try? call.answeringModel() }
        let answer = { @Sendable [call] (context: WorkContext) -> HTTPResponse in
            var call = call
            call.work = context
            do throws(ServingError) {
                call.request = try decoded(call.request, limit: bodyByteLimit)
                let response = try route.answer(call)
                // Clients of asyncio say that they take compressed answers, and take those of inferences alone.
                return route.work == .queued ? encoded(response, for: call.request) : response
            } catch {
                return HTTPResponse(error)
            }
        }
        switch route.work {
        case .immediate: return .immediate(answer(WorkContext()))
        case .queued: return .queued(call.queued(route, limit: bodyByteLimit, answer: answer))
        case .background: return .background { answer(WorkContext()) }
        }
    }

    /// The whole way from a request to its answer, on the calling thread.
    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        switch work(for: request) {
        case .immediate(let response): response
        case .queued(let work): work.answer(WorkContext())
        case .background(let work): work()
        }
    }
}

extension Router: GroupedService {
    package func group(of head: HTTPRequest) -> CallGroup {
        switch find(head) {
        case .route(let route, _): route.group
        // That there is nothing, everybody may know.
        case .nothing: .open
        }
    }

    package func response(to denial: AccessKeys.Denial) -> HTTPResponse {
        var status = HTTPStatus.unauthorized
        if case .otherGroup = denial { status = .forbidden }
        var response = HTTPResponse(status, error: denial.message)
        response.headers.append(("www-authenticate", denial.challenge))
        return response
    }
}

/// A part of a path with its `%XX` put back; `nil` when they are broken, or not UTF-8, or hold a NUL.
func percentDecoded(_ part: Substring) -> String? {
    guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
    var bytes: [UInt8] = []
    var rest = part.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
            let low = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
            high | low != 0
        else { return nil }
        bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
}
