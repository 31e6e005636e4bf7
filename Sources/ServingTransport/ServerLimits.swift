package import NIOCore
package import Scheduling

/// What a server allows its clients, and how long it waits for them.
package struct ServerLimits: Sendable {
    /// The longest body of a request in bytes.
    package var bodyByteCount = 64 << 20
    /// The bytes of all bodies that arrive at a time.
    package var bodiesByteCount = 2 << 30
    /// The bytes of all answers that wait until their clients take them.
    package var answersByteCount = 2 << 30
    /// How many requests of one connection of HTTP/2 may be open at a time.
    package var streamCount = 128
    /// How many messages of one stream may wait to be answered.
    package var messageCount = 256
    /// The longest request line and header fields together in bytes.
    package var headerByteCount = 64 << 10
    /// How many connections may be open at a time.
    package var connectionCount = 4096
    /// How many requests are computed at a time, how many may wait, and for how long.
    package var work: WorkQueue.Limits = {
        var limits = WorkQueue.Limits()
        limits.wait = .adaptive
        return limits
    }()
    /// How long a connection may be silent between requests, or take for the head of one.
    package var idleTimeout = TimeAmount.seconds(60)
    /// How long a body may take to arrive.
    package var receiveTimeout = TimeAmount.seconds(60)
    /// How long a client may take to accept an answer.
    package var sendTimeout = TimeAmount.seconds(60)
    /// How long connections may be silent after the server is told to end, until they are closed: a request may be on
    /// its way.
    package var lingerTimeout = TimeAmount.seconds(1)
    /// How long requests may go on after the server is told to end.
    package var drainTimeout = TimeAmount.seconds(30)

    /// Limits with their defaults.
    package init() {}
}
