import Diagnostics

/// The spans of requests for inference, sent to a collector by a thread of its own.
///
/// While the collector is away, spans wait up to a bound, beyond which they are dropped and counted.
package final class Tracer: Sendable {
    /// Where the spans go.
    package let endpoint: OTLPEndpoint
    /// The part of the traces that are recorded where the client says nothing of it, 0 to 1.
    package let rate: Double
    private let queue: DroppingQueue<RequestRecord>
    private let thread: QueueThread

    /// The most requests whose spans go in one message.
    private static let batchCount = 512

    /// `nil` when there is no pipe to be had.
    ///
    /// *Parameter* rate: the part of the traces that are recorded where the client says nothing of it, 0 to 1.
    package init?(endpoint: OTLPEndpoint, resource: OTLPResource, rate: Double) {
        guard let queue = DroppingQueue<RequestRecord>(limit: 4096) else { return nil }
        self.endpoint = endpoint
        self.rate = rate
        self.queue = queue
        thread = QueueThread {
            while let records = queue.take(linger: 1000) {
                for start in stride(from: 0, to: records.count, by: Self.batchCount) {
                    let batch = Array(records[start..<min(start + Self.batchCount, records.count)])
                    let message = OTLPSpans.message(batch, of: resource, version: mlpackVersion)
                    if !deliver(message, to: endpoint, while: queue) { queue.drop(batch.count) }
                }
            }
        }
    }

    /// How many requests' spans were dropped.
    package var droppedCount: Int { queue.droppedCount }

    /// The span of a request: recorded when the client's is; of others, as many as the rate says.
    ///
    /// *Source*: OpenTelemetry, `ParentBased` with `TraceIdRatioBased` at the root.
    func span(_ parent: TraceContext?) -> SpanContext {
        if let parent { return SpanContext(traceID: parent.traceID, parent: parent, isSampled: parent.isSampled) }
        let isSampled = rate >= 1 || Double.random(in: 0..<1) < rate
        return SpanContext(traceID: .random(), parent: nil, isSampled: isSampled)
    }

    func append(_ record: RequestRecord) { queue.append(record) }

    /// Sends what waits, and ends; for at most two seconds.
    func flush() {
        queue.end()
        thread.wait(milliseconds: 2000)
    }
}

/// Posts a message, again and again while the collector says that it is busy, or is away.
///
/// *Returns*: whether the collector took it.
/// *Source*: OpenTelemetry Protocol, OTLP/HTTP Response: 429, 502, 503 and 504 may be tried again.
private func deliver(_ message: [UInt8], to endpoint: OTLPEndpoint, while queue: DroppingQueue<RequestRecord>) -> Bool {
    var pause = 1000
    for _ in 0..<5 {
        let status = HTTPPost(endpoint, timeout: queue.isEnded ? 1 : 5).status(of: message)
        if let status, 200..<300 ~= status { return true }
        guard status.map({ [429, 502, 503, 504].contains($0) }) ?? true, !queue.isEnded else { return false }
        queue.pause(milliseconds: pause)
        pause *= 2
    }
    return false
}
