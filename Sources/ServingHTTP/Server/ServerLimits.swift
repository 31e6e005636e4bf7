package import NIOCore

/// What a server allows its clients, and how long it waits for them.
package struct ServerLimits: Sendable {
    /// The longest body of a request in bytes.
    package var bodyByteCount = 64 << 20
    /// The longest request line and header fields together in bytes.
    package var headerByteCount = 64 << 10
    /// How many connections may be open at a time.
    package var connectionCount = 4096
    /// How many requests may wait for a thread.
    package var queueLength = 256
    /// How many requests are computed at a time.
    package var threadCount = 1
    /// How long a connection may be silent between requests, or take for the head of one.
    package var idleTimeout = TimeAmount.seconds(60)
    /// How long a body may take to arrive.
    package var receiveTimeout = TimeAmount.seconds(60)
    /// How long a client may take to accept an answer.
    package var sendTimeout = TimeAmount.seconds(60)
    /// How long requests may go on after the server is told to end.
    package var drainTimeout = TimeAmount.seconds(30)

    /// Limits with their defaults.
    package init() {}
}
