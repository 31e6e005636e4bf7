/// What became of a request.
enum LoadOutcome: Hashable {
    case answered
    /// A status of HTTP that is not 200.
    case status(Int)
    /// A status of gRPC that is not 0.
    case grpcStatus(Int)
    case timeout
    /// The connection broke, or could not be made.
    case connection(String)
    /// The answer is none of the protocol.
    case malformed
    /// No connection was free before the request's time was over.
    case notSent
}

/// A request that is on its way.
struct LoadRequest {
    /// When it was to be sent, and when it was, in nanoseconds.
    let intended: Int
    let sent: Int
}

/// The requests of one connection, as bytes out and bytes in.
protocol LoadExchange: AnyObject {
    /// The requests that are not answered.
    var open: [LoadRequest] { get }
    /// Begins a request; `false` when the connection takes none any more.
    func begin(_ request: LoadRequest) -> Bool
    /// Hands the bytes that are to be sent to `write`, which says how many of them were.
    func flush(_ write: (UnsafeRawBufferPointer) -> Int?) -> Bool
    /// Whether bytes wait to be sent.
    var hasOutput: Bool { get }
    /// Takes bytes, and hands each request that is over to `finish`; `false` when the connection is to be closed.
    func receive(_ bytes: UnsafeRawBufferPointer, _ finish: @escaping (LoadRequest, LoadOutcome) -> Void) -> Bool
}
