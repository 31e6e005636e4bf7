import Scheduling

/// Why a request is refused before anybody looks at what it asks for.
package struct Refusal: Sendable, Hashable {
    package let status: HTTPStatus
    /// What is wrong, what is expected, what there is instead.
    package let message: String
    package let reason: Reason

    /// The reasons that are told apart in metrics.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The bodies that arrive are too large together.
        case bodies
        /// The body is too long.
        case body
        /// The answers that wait for their clients are too large together.
        case answers
        /// The head is too long.
        case headers
        /// The call is not open to the key that is shown, or to nobody without one.
        case key
        /// The body did not arrive in time.
        case late
        /// The client left before a thread was free.
        case left
        /// The request breaks the rules of HTTP.
        case malformed
        /// Too many requests wait.
        case queue
        /// The connection has most of what waits itself.
        case share
        /// The server is about to end.
        case shutdown
        /// The request would have to wait for too long.
        case wait
    }

    /// A refusal.
    package init(_ status: HTTPStatus, _ message: String, _ reason: Reason = .malformed) {
        self.status = status
        self.message = message
        self.reason = reason
    }

    static func tooLong(limit: Int, got: Int) -> Refusal {
        Refusal(.lengthTooLarge, "the body is too long, expected at most \(limit) bytes, got \(got)", .body)
    }

    static func late(after timeout: Int64) -> Refusal {
        Refusal(.requestTimeout, "the body is late, expected within \(timeout / 1_000_000_000) s", .late)
    }

    static func headersTooLong(limit: Int) -> Refusal {
        Refusal(.headersTooLarge, "the headers are too long, expected at most \(limit) bytes", .headers)
    }

    static let answersTooLarge = Refusal(
        .unavailable,
        "the answers that wait for their clients are too large together, expected fewer",
        .answers
    )
    static let bodiesTooLarge = Refusal(
        .unavailable,
        "the requests that arrive are too large together, expected fewer",
        .bodies
    )
}

extension Refusal {
    /// Why threads do not do the work of a request.
    init(_ rejection: Rejection) {
        switch rejection {
        case .full(let count):
            self.init(.unavailable, "\(count) requests are being computed or wait, expected fewer", .queue)
        case .groupFull(let count):
            self.init(.unavailable, "\(count) requests for the model wait, expected fewer", .queue)
        case .ownShare(let count):
            self.init(.tooManyRequests, "\(count) requests of this connection wait, expected fewer", .share)
        case .late(let wait, let limit):
            self.init(
                .unavailable,
                "the request would wait for \(wait / 1_000_000) ms, expected at most \(limit / 1_000_000)",
                .wait
            )
        case .abandoned: self.init(.internalError, "the client has left", .left)
        case .ended: self.init(.unavailable, "the server is shutting down", .shutdown)
        }
    }
}
