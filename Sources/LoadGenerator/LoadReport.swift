package import JSON

extension LoadResult {
    /// The percentiles that reports show.
    private static let percentiles = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9)]

    /// The figures under their published keys; times in microseconds.
    package var json: JSONValue {
        var latency: JSONObject = ["mean": JSONValue((latencies.mean / 10).rounded() / 100)]
        for (name, percentile) in Self.percentiles {
            latency[name] = JSONValue(Double(latencies.value(atPercentile: percentile)) / 1e3)
        }
        latency["max"] = JSONValue(Double(latencies.maximum) / 1e3)
        var kinds = JSONObject()
        for (kind, count) in errors.sorted(by: { $0.key < $1.key }) { kinds[kind] = .number(JSONNumber(count)) }
        var object: JSONObject = [
            "loop": "closed",
            "concurrency": .number(JSONNumber(plan.concurrency)),
            "connections": .number(JSONNumber(plan.connectionCount)),
            "duration_s": JSONValue(Double(plan.duration) / 1e9),
            "requests": .number(JSONNumber(requestCount)),
            "answered": .number(JSONNumber(latencies.totalCount)),
            "throughput": JSONValue((throughput * 100).rounded() / 100),
            "errors": .object(kinds),
            "latency_us": .object(latency),
        ]
        if case .open(let rate, let arrivals) = plan.loop {
            object["loop"] = "open"
            object["rate"] = JSONValue(rate)
            object["arrivals"] = .string(arrivals.rawValue)
        }
        return .object(object)
    }

    /// The figures of runs as a table, and what the errors were below it; times in milliseconds.
    package static func table(_ results: [LoadResult]) -> String {
        let head = ["load", "answered/s", "errors"] + percentiles.map { "\($0.0) ms" } + ["max ms"]
        let rows = results.map { result in
            [result.loadText, fixed(result.throughput, 1), "\(result.errorCount)"]
                + percentiles.map { fixed(Double(result.latencies.value(atPercentile: $0.1)) / 1e6, 3) }
                + [fixed(Double(result.latencies.maximum) / 1e6, 3)]
        }
        let widths = head.indices.map { column in ([head] + rows).reduce(0) { max($0, $1[column].count) } }
        var lines = ([head] + rows).map { cells in
            zip(cells, widths).map { rightAligned($0, $1) }.joined(separator: "  ")
        }
        for result in results where !result.errors.isEmpty {
            let kinds = result.errors.sorted { $0.value > $1.value }.map { "\($0.value) × \($0.key)" }
            lines.append("errors at \(result.loadText): " + kinds.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }

    /// The load in a few words: `1000/s poisson`, `16 clients`.
    private var loadText: String {
        switch plan.loop {
        case .open(let rate, let arrivals): "\(fixed(rate, rate == rate.rounded() ? 0 : 1))/s \(arrivals.rawValue)"
        case .closed: "\(plan.concurrency) clients"
        }
    }
}
