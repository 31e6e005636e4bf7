import JSON

/// The figures of a benchmark.
struct BenchReport {
    /// The path of the model.
    let model: String
    let threadCount: Int
    let precision: String
    /// Nanoseconds from opening the file until the session can run.
    let load: Int
    let times: Bench.Times
    /// Items of one run: the first dimension of the first input.
    let itemCount: Int
    let arenaByteCount: Int

    /// The figures under their published keys; times in the unit that the key ends with.
    var json: JSONValue {
        [
            "model": .string(model),
            "precision": .string(precision),
            "threads": .number(JSONNumber(threadCount)),
            "runs": .number(JSONNumber(times.runs.count)),
            "load_ms": JSONValue(Double(load) / 1e6),
            "first_run_us": JSONValue(Double(times.first) / 1e3),
            "min_us": JSONValue(minimum / 1e3),
            "median_us": JSONValue(median / 1e3),
            "p99_us": JSONValue(percentile99 / 1e3),
            "items_per_second": JSONValue(itemsPerSecond),
            "arena_bytes": .number(JSONNumber(arenaByteCount)),
            "resident_bytes": .number(JSONNumber(times.residentByteCount)),
        ]
    }

    /// The figures for a person.
    var text: String {
        let rows = [
            ("model", model),
            ("precision", precision),
            ("threads", "\(threadCount)"),
            ("load", Self.timeText(Double(load))),
            ("first run", Self.timeText(Double(times.first))),
            ("runs", "\(times.runs.count)"),
            ("minimum", Self.timeText(minimum)),
            ("median", Self.timeText(median)),
            ("p99", Self.timeText(percentile99)),
            ("items", "\(Self.rounded(itemsPerSecond)) a second, \(itemCount) in a run"),
            ("arena", "\(Self.rounded(Double(arenaByteCount) / 1e6)) MB"),
            ("resident", "\(Self.rounded(Double(times.residentByteCount) / 1e6)) MB"),
        ]
        return rows.map { $0.0 + String(repeating: " ", count: 11 - $0.0.count) + $0.1 }.joined(separator: "\n")
    }

    private var minimum: Double { Double(times.runs.first ?? 0) }

    private var median: Double {
        let (runs, half) = (times.runs, times.runs.count / 2)
        guard !runs.isEmpty else { return 0 }
        return runs.count.isMultiple(of: 2) ? Double(runs[half - 1] + runs[half]) / 2 : Double(runs[half])
    }

    /// The shortest time that 99 of 100 runs do not exceed.
    private var percentile99: Double {
        let rank = (times.runs.count * 99 + 99) / 100
        return times.runs.isEmpty ? 0 : Double(times.runs[rank - 1])
    }

    private var itemsPerSecond: Double { median > 0 ? Double(itemCount) * 1e9 / median : 0 }

    private static func timeText(_ nanoseconds: Double) -> String {
        switch nanoseconds {
        case ..<1e6: "\(rounded(nanoseconds / 1e3)) µs"
        case ..<1e9: "\(rounded(nanoseconds / 1e6)) ms"
        default: "\(rounded(nanoseconds / 1e9)) s"
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
