import InferenceEngine

/// The times of a run as a table: steps of one kind together, the longest first.
struct ProfileTable {
    private struct Row {
        let label: String
        var count = 0
        var nanoseconds = 0.0
        var operations = 0.0
        var bytes = 0.0
    }

    private let rows: [Row]
    private let total: Double

    init(_ events: [RunProfile.Event]) {
        var rows: [String: Row] = [:]
        for event in events {
            var row = rows[event.label] ?? Row(label: event.label)
            row.count += 1
            row.nanoseconds += Double(event.end - event.start)
            row.operations += Double(event.floatingPointOperationCount)
            row.bytes += Double(event.byteCount)
            rows[event.label] = row
        }
        self.rows = rows.values.sorted { ($0.nanoseconds, $1.label) > ($1.nanoseconds, $0.label) }
        total = self.rows.reduce(0) { $0 + $1.nanoseconds }
    }

    var text: String {
        var lines = [["time µs", "share", "runs", "GFLOP/s", "GB/s", "step"]]
        for row in rows {
            lines.append([
                Self.fixed(row.nanoseconds / 1e3), Self.fixed(100 * row.nanoseconds / max(total, 1)) + " %",
                "\(row.count)",
                row.operations == 0 ? "" : Self.fixed(row.operations / row.nanoseconds),
                row.bytes == 0 ? "" : Self.fixed(row.bytes / row.nanoseconds), row.label,
            ])
        }
        lines.append([Self.fixed(total / 1e3), "", "", "", "", "all steps"])
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            line.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == line.count - 1 ? text : space + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
