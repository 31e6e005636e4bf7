package import ServingCore
import Synchronization

/// What every request sees: the models, and whether the server is about to end.
package final class ServerState: Sendable {
    /// The models.
    package let repository: ModelRepository
    private let draining = Atomic(false)

    /// The state of a server that has just started.
    package init(_ repository: ModelRepository) { self.repository = repository }

    /// Whether the server finishes what it has and takes nothing new.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Notes that the server is about to end.
    package func drain() { draining.store(true, ordering: .relaxed) }
}

/// Finds the route of a request, and has it answered.
package struct Router: Sendable {
    private let routes: [Route]
    private let state: ServerState

    /// A router over a list of routes.
    package init(_ routes: [Route] = openInferenceRoutes, state: ServerState) {
        self.routes = routes
        self.state = state
    }

    /// A request whose route is known.
    package struct Found: Sendable {
        private let route: Route
        private let call: Route.Call

        fileprivate init(route: Route, call: Route.Call) {
            self.route = route
            self.call = call
        }

        /// Where the work is to be done.
        package var work: Route.Work { route.work }

        /// Does the work.
        package func answer() -> HTTPResponse {
            do throws(ServingError) {
                return try route.answer(call)
            } catch {
                return HTTPResponse(error)
            }
        }
    }

    /// The route of a request, or the answer when it has none.
    package func find(_ request: HTTPRequest) -> Result<Found, RoutingFailure> {
        let path = request.target.prefix { $0 != "?" && $0 != "#" }
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = percentDecoded(part) else {
                let error = "the path `\(part)` is not percent-encoded UTF-8"
                return .failure(RoutingFailure(response: HTTPResponse(.badRequest, error: error)))
            }
            parts.append(decoded)
        }
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.match(parts) else { continue }
            allowed.append(route.method)
            guard route.method == request.method || (request.method == "HEAD" && route.method == "GET") else {
                continue
            }
            if let response = refusal(of: request) { return .failure(RoutingFailure(response: response)) }
            return .success(
                Found(route: route, call: Route.Call(request: request, parameters: parameters, state: state))
            )
        }
        guard !allowed.isEmpty else {
            let error = "the path `\(path)` is not served, expected a path of the Open Inference Protocol below `/v2`"
            return .failure(RoutingFailure(response: HTTPResponse(.notFound, error: error)))
        }
        if allowed.contains("GET") { allowed.append("HEAD") }
        let expected = allowed.joined(separator: " or ")
        var response = HTTPResponse(
            .methodNotAllowed,
            error: "the method is wrong, expected \(expected), got `\(request.method)`"
        )
        response.headers.append(("allow", allowed.joined(separator: ", ")))
        return .failure(RoutingFailure(response: response))
    }

    /// The whole way from a request to its answer, on the calling thread.
    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        switch find(request) {
        case .success(let found): found.answer()
        case .failure(let failure): failure.response
        }
    }

    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        for encoding in request.values(of: "content-encoding") where encoding.lowercased() != "identity" {
            let error = "the content encoding `\(encoding)` is not supported, expected none"
            var response = HTTPResponse(.unsupportedMediaType, error: error)
            response.headers.append(("accept-encoding", "identity"))
            return response
        }
        return nil
    }
}

/// The answer to a request that no route takes.
package struct RoutingFailure: Error {
    package let response: HTTPResponse
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
