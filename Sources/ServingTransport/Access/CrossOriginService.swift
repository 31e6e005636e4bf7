import ServingObservation

/// A service that pages of other origins may call from a browser.
///
/// *Source*: Fetch, section 3.2, the CORS protocol.
package struct CrossOriginService: HTTPService {
    private let service: any HTTPService
    private let origins: [String]

    /// A service for some origins.
    ///
    /// *Parameter* origins: as browsers write them, `https://example.org`; or `*` for all.
    package init(_ service: any HTTPService, origins: [String]) {
        self.service = service
        self.origins = origins
    }

    package var isDraining: Bool { service.isDraining }
    package var judgesHeads: Bool { service.judgesHeads }

    package func earlyResponse(to head: HTTPRequest) -> HTTPResponse? {
        // Browsers ask without a key whether they may show one.
        guard !isPreflight(head) else { return nil }
        return service.earlyResponse(to: head).map { marked($0, for: head) }
    }

    package func work(for request: HTTPRequest) -> HTTPWork {
        guard !isPreflight(request) else { return .immediate(preflightAnswer(to: request)) }
        let head = HTTPRequest(request.method, request.target, headers: request.headers)
        switch service.work(for: request) {
        case .immediate(let response): return .immediate(marked(response, for: head))
        case .queued(let work): return .queued(QueuedWork(isShort: work.isShort) { marked(work.answer($0), for: head) })
        case .background(let work): return .background { marked(work(), for: head) }
        }
    }

    package func stream(for head: HTTPRequest) -> (any HTTPStream)? { service.stream(for: head) }
    package func response(to refusal: Refusal) -> HTTPResponse { service.response(to: refusal) }

    /// Whether a browser asks what it may ask, for an origin that may ask at all.
    private func isPreflight(_ request: HTTPRequest) -> Bool {
        request.method == "OPTIONS" && allowedOrigin(for: request) != nil
            && !request.values(of: "access-control-request-method").isEmpty
    }

    private func allowedOrigin(for request: HTTPRequest) -> String? {
        guard let origin = request.values(of: "origin").first else { return nil }
        return origins.contains("*") ? "*" : origins.contains(origin) ? origin : nil
    }

    private func preflightAnswer(to request: HTTPRequest) -> HTTPResponse {
        var response = marked(HTTPResponse(status: .ok), for: request)
        response.headers += [("access-control-allow-methods", "GET, HEAD, POST"), ("access-control-max-age", "600")]
        let fields = request.values(of: "access-control-request-headers").joined(separator: ",")
        if !fields.isEmpty, fields.utf8.allSatisfy({ isFieldNameByte($0) || $0 == 0x20 || $0 == 0x2C }) {
            response.headers.append(("access-control-allow-headers", fields))
        }
        return response
    }

    private func marked(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        var response = response
        // What is kept on the way for one origin is not for another.
        if !origins.contains("*") { response.headers.append(("vary", "origin")) }
        guard let origin = allowedOrigin(for: request) else { return response }
        response.headers += [
            ("access-control-allow-origin", origin),
            (
                "access-control-expose-headers",
                "inference-header-content-length, retry-after, www-authenticate, \(RequestID.header)"
            ),
        ]
        return response
    }
}

/// *Source*: RFC 9110, section 5.6.2, `tchar`.
private func isFieldNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
