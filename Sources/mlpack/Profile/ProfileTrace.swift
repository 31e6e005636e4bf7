import InferenceEngine
import JSON

/// The times of a run in the trace event format that Perfetto and Chrome open.
struct ProfileTrace {
    let events: [RunProfile.Event]

    var json: JSONValue {
        let origin = events.map(\.start).min() ?? 0
        let traced = events.map { event -> JSONValue in
            [
                "name": .string(event.label),
                "cat": "step",
                "ph": "X",
                "pid": 1,
                "tid": 1,
                "ts": JSONValue(Double(event.start - origin) / 1e3),
                "dur": JSONValue(Double(event.end - event.start) / 1e3),
                "args": [
                    "place": .string(event.place),
                    "floating_point_operations": .number(JSONNumber(event.floatingPointOperationCount)),
                    "bytes": .number(JSONNumber(event.byteCount)),
                ],
            ]
        }
        return ["displayTimeUnit": "ms", "traceEvents": .array(traced)]
    }
}
