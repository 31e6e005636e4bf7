/// The span of a request in its trace.
package struct SpanContext: Sendable, Hashable {
    /// The trace: the client's, or a new one.
    package let traceID: TraceContext.TraceID
    /// The span of the request.
    package let spanID: UInt64
    /// The client's span, when it names one.
    package let parent: TraceContext?
    /// Whether the span is recorded.
    package let isSampled: Bool

    init(traceID: TraceContext.TraceID, parent: TraceContext?, isSampled: Bool) {
        self.traceID = traceID
        self.parent = parent
        self.isSampled = isSampled
        spanID = newSpanID()
    }

    /// Another span beside this one.
    func sibling() -> SpanContext { SpanContext(traceID: traceID, parent: parent, isSampled: isSampled) }
}

/// The number of a span, which is not 0.
func newSpanID() -> UInt64 { UInt64.random(in: 1...UInt64.max) }
