import Scheduling

/// Why a request is refused before anybody looks at what it asks for.
package struct Refusal: Sendable, Hashable {
    package let status: HTTPStatus
    /// What is wrong, what is expected, what there is instead.
    package let message: String

    /// A refusal.
    package init(_ status: HTTPStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static func tooLong(limit: Int, got: Int) -> Refusal {
        Refusal(.lengthTooLarge, "the body is too long, expected at most \(limit) bytes, got \(got)")
    }

    static func late(after timeout: Int64) -> Refusal {
        Refusal(.requestTimeout, "the body is late, expected within \(timeout / 1_000_000_000) s")
    }

    static func headersTooLong(limit: Int) -> Refusal {
        Refusal(.headersTooLarge, "the headers are too long, expected at most \(limit) bytes")
    }

    static let answersTooLarge = Refusal(
        .unavailable,
        "the answers that wait for their clients are too large together, expected fewer"
    )
    static let bodiesTooLarge = Refusal(.unavailable, "the requests that arrive are too large together, expected fewer")
}

extension Refusal {
    /// Why threads do not do the work of a request.
    init(_ rejection: Rejection) {
        switch rejection {
        case .full(let count):
            self.init(.unavailable, "\(count) requests are being computed or wait, expected fewer")
        case .groupFull(let count):
            self.init(.unavailable, "\(count) requests for the model wait, expected fewer")
        case .ownShare(let count):
            self.init(.tooManyRequests, "\(count) requests of this connection wait, expected fewer")
        case .late(let wait, let limit):
            self.init(
                .unavailable,
                "the request would wait for \(wait / 1_000_000) ms, expected at most \(limit / 1_000_000)"
            )
        case .abandoned: self.init(.internalError, "the client has left")
        case .ended: self.init(.unavailable, "the server is shutting down")
        }
    }
}
