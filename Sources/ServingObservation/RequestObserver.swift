/// Whoever wants to know of requests: the access log and the tracer.
package final class RequestObserver: Sendable {
    /// Where a line of each request goes.
    package let accessLog: AccessLog?
    /// Where the spans of requests for inference go.
    package let tracer: Tracer?

    /// `nil` when nobody wants to know.
    ///
    /// *Parameter* namesRequests: whether somebody else wants to know the ids of requests.
    package init?(accessLog: AccessLog?, tracer: Tracer?, namesRequests: Bool = false) {
        guard accessLog != nil || tracer != nil || namesRequests else { return nil }
        self.accessLog = accessLog
        self.tracer = tracer
    }

    /// Notes that a request has arrived.
    ///
    /// *Parameter* id: the client's; `nil` to make one.
    /// *Parameter* parents: the values of `traceparent`, of which there may be one.
    /// *Parameter* states: the values of `tracestate`.
    package func begin(
        _ head: RequestRecord.Head,
        id: String?,
        parents: [String] = [],
        states: [String] = []
    ) -> RequestRecord {
        let parent = parents.count == 1 ? parents.first.flatMap { TraceContext(parent: $0, states: states) } : nil
        return RequestRecord(head, id: id ?? RequestID.make(), span: span(parent), observer: self)
    }

    private func span(_ parent: TraceContext?) -> SpanContext? {
        if let tracer { return tracer.span(parent) }
        return parent.map { SpanContext(traceID: $0.traceID, parent: $0, isSampled: false) }
    }

    func end(_ record: RequestRecord) {
        accessLog?.append(record)
        guard let tracer, record.span?.isSampled == true, record.outcome.isInference else { return }
        tracer.append(record)
    }

    /// Writes and sends what is on its way; for at most some seconds.
    package func flush() {
        accessLog?.flush()
        tracer?.flush()
    }
}
