/// Spans as a collector takes them.
///
/// *Source*: OpenTelemetry Protocol 1.x, `ExportTraceServiceRequest`, in the encoding as JSON: identifiers in base 16, numbers of
/// 64 bits as strings.
struct OTLPSpans {
    private var line = LineText(capacity: 1 << 14)
    private var isFirst = true

    /// The message for the spans of requests, each with a span for each part of its inference.
    static func message(_ records: [RequestRecord], of resource: OTLPResource, version: String) -> [UInt8] {
        var spans = OTLPSpans()
        spans.line.append("{\"resourceSpans\":[{\"resource\":{\"attributes\":[")
        spans.isFirst = true
        for attribute in resource.attributes { spans.append(attribute.name, attribute.value) }
        spans.line.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"mlpack\",\"version\":")
        spans.line.append(string: version)
        spans.line.append("},\"spans\":[")
        for (index, record) in records.enumerated() {
            guard let span = record.span else { continue }
            if index > 0 { spans.line.append(",") }
            spans.append(record, span)
        }
        spans.line.append("]}]}]}")
        return spans.line.bytes
    }

    private mutating func append(_ record: RequestRecord, _ span: SpanContext) {
        let outcome = record.outcome
        let isCall = outcome.grpcStatus != nil
        let name = isCall ? grpcMethod(record) : "\(record.head.method) \(outcome.route ?? "")"
        begin(name, span.traceID, span.spanID, parent: span.parent?.parentID ?? 0, state: span.parent?.state ?? "")
        append(kind: 2, from: record.started, to: outcome.ended, record)
        isFirst = true
        let colon = record.head.peer.lastIndex(of: ":") ?? record.head.peer.startIndex
        line.append(",\"attributes\":[")
        isCall ? appendCall(record, outcome) : appendRequest(record, outcome)
        append("client.address", String(record.head.peer[..<colon]))
        append("client.port", Int(record.head.peer[colon...].dropFirst()) ?? 0)
        append("user_agent.original", record.head.userAgent)
        append("mlpack.request.id", record.id)
        if let model = outcome.model {
            append("mlpack.model.name", model.name)
            append("mlpack.model.version", model.version)
        }
        line.append("]")
        if isError(outcome) { line.append(",\"status\":{\"code\":2}") }
        line.append("}")
        guard let times = outcome.times else { return }
        appendPart("queue", times.queued, times.started, span, record)
        appendPart("input", times.started, times.read, span, record)
        appendPart("compute", times.read, times.computed, span, record)
        appendPart("output", times.computed, times.written, span, record)
    }

    /// *Source*: OpenTelemetry, Semantic conventions for HTTP spans, server.
    private mutating func appendRequest(_ record: RequestRecord, _ outcome: RequestRecord.Outcome) {
        append("http.request.method", record.head.method)
        append("url.path", record.head.path)
        append("url.scheme", "http")
        append("network.protocol.name", "http")
        append("network.protocol.version", String(record.head.protocolName.drop { $0 != "/" }.dropFirst()))
        if let route = outcome.route { append("http.route", route) }
        append("http.response.status_code", outcome.status)
        append("http.request.body.size", record.head.byteCount)
        append("http.response.body.size", outcome.byteCount)
        if outcome.status >= 500 { append("error.type", "\(outcome.status)") }
    }

    /// *Source*: OpenTelemetry, Semantic conventions for gRPC, server.
    private mutating func appendCall(_ record: RequestRecord, _ outcome: RequestRecord.Outcome) {
        let status = grpcName(outcome.grpcStatus ?? 0)
        append("rpc.system.name", "grpc")
        append("rpc.method", grpcMethod(record))
        append("rpc.response.status_code", status)
        if isError(outcome) { append("error.type", status) }
    }

    private func grpcMethod(_ record: RequestRecord) -> String { String(record.head.path.drop { $0 == "/" }) }

    /// Whether the server is to blame.
    private func isError(_ outcome: RequestRecord.Outcome) -> Bool {
        guard let status = outcome.grpcStatus else { return outcome.status >= 500 }
        return [2, 4, 12, 13, 14, 15].contains(status)
    }

    private mutating func appendPart(
        _ name: String,
        _ start: Int,
        _ end: Int,
        _ span: SpanContext,
        _ record: RequestRecord
    ) {
        line.append(",")
        begin(name, span.traceID, newSpanID(), parent: span.spanID, state: span.parent?.state ?? "")
        append(kind: 1, from: start, to: end, record)
        line.append("}")
    }

    private mutating func begin(
        _ name: String,
        _ traceID: TraceContext.TraceID,
        _ spanID: UInt64,
        parent: UInt64,
        state: String
    ) {
        line.append("{\"traceId\":")
        line.append(string: traceID.text)
        line.append(",\"spanId\":")
        line.append(string: hexadecimal(spanID))
        if parent != 0 {
            line.append(",\"parentSpanId\":")
            line.append(string: hexadecimal(parent))
        }
        if !state.isEmpty {
            line.append(",\"traceState\":")
            line.append(string: state)
        }
        line.append(",\"name\":")
        line.append(string: name)
    }

    /// *Parameter* kind: 1 for what is inside of the server, 2 for what it was asked.
    private mutating func append(kind: Int, from start: Int, to end: Int, _ record: RequestRecord) {
        line.append(",\"kind\":")
        line.append(kind)
        line.append(",\"startTimeUnixNano\":")
        line.append(string: "\(record.time + start - record.started)")
        line.append(",\"endTimeUnixNano\":")
        line.append(string: "\(record.time + max(start, end) - record.started)")
    }

    private mutating func append(_ name: String, _ value: String) {
        beginAttribute(name)
        line.append("{\"stringValue\":")
        line.append(string: value)
        line.append("}}")
    }

    private mutating func append(_ name: String, _ value: Int) {
        beginAttribute(name)
        line.append("{\"intValue\":")
        line.append(string: "\(value)")
        line.append("}}")
    }

    private mutating func beginAttribute(_ name: String) {
        if !isFirst { line.append(",") }
        isFirst = false
        line.append("{\"key\":")
        line.append(string: name)
        line.append(",\"value\":")
    }
}

/// The name of a status of gRPC.
///
/// *Source*: gRPC, Status codes and their use in gRPC.
private func grpcName(_ status: Int) -> String {
    let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
    return names.indices.contains(status) ? names[status] : "\(status)"
}
