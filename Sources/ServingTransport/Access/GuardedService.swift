/// A service whose calls belong to groups.
package protocol GroupedService: HTTPService {
    /// The group of a call; one that nobody has put into a group belongs to `admin`.
    func group(of head: HTTPRequest) -> CallGroup

    /// The answer to a call that is denied.
    func response(to denial: AccessKeys.Denial) -> HTTPResponse
}

/// A service that answers those alone who show a key for the group of their call.
package struct GuardedService: HTTPService {
    private let service: any GroupedService
    private let keys: FileBacked<AccessKeys>

    /// A service behind keys.
    package init(_ service: any GroupedService, _ keys: FileBacked<AccessKeys>) {
        self.service = service
        self.keys = keys
    }

    package var isDraining: Bool { service.isDraining }
    package var judgesHeads: Bool { true }

    package func earlyResponse(to head: HTTPRequest) -> HTTPResponse? {
        keys.value.denial(of: service.group(of: head), head.values(of: "authorization")).map {
            service.response(to: $0)
        }
            ?? service.earlyResponse(to: head)
    }

    package func work(for request: HTTPRequest) -> HTTPWork { service.work(for: request) }
    package func stream(for head: HTTPRequest) -> (any HTTPStream)? { service.stream(for: head) }
    package func response(to refusal: Refusal) -> HTTPResponse { service.response(to: refusal) }
}

extension AccessKeys.Denial {
    /// What is wrong, and what is expected.
    package var message: String {
        switch self {
        case .noKey: "the call needs a key, expected `Authorization: Bearer KEY`"
        case .unknownKey: "the key is unknown, expected `Authorization: Bearer KEY` with one that the server has"
        case .severalKeys: "the header `Authorization` is given several times, expected once"
        case .otherGroup(let group): "the key is for other calls, expected one for `\(group.rawValue)`"
        }
    }

    /// What `WWW-Authenticate` says.
    ///
    /// *Source*: RFC 6750, section 3.
    package var challenge: String {
        switch self {
        case .noKey: "Bearer"
        case .unknownKey: "Bearer error=\"invalid_token\""
        case .severalKeys: "Bearer error=\"invalid_request\""
        case .otherGroup: "Bearer error=\"insufficient_scope\""
        }
    }
}
