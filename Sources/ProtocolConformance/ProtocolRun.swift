import Diagnostics
package import JSON
import ServingClient

/// What cases said of a server.
package struct ProtocolReport: Sendable {
    /// A case and how it ended.
    package struct Row: Sendable {
        package let test: ProtocolCase
        package let outcome: ProtocolOutcome
    }

    package let server: String
    package let extensions: [String]
    package let rows: [Row]

    /// The cases that failed and count: required ones, and those of extensions that the server announces.
    package var failures: [Row] { rows.filter { counts($0.test) && $0.outcome.isFailure } }

    /// Whether a failure of the case is one of the server's word.
    private func counts(_ test: ProtocolCase) -> Bool {
        switch test.level {
        case .required: true
        case .announced(let name): extensions.contains { $0 == name || $0.hasPrefix(name + "(") }
        case .advised: false
        }
    }

    /// How many cases passed, failed, failed where none counts, and were skipped.
    package var summary: String {
        let passed = rows.count { $0.outcome == .passed }
        let failed = failures.count
        let advised = rows.count { $0.outcome.isFailure } - failed
        let skipped = rows.count - passed - failed - advised
        return "\(passed) passed, \(failed) failed, \(advised) failed that are not required, \(skipped) skipped"
    }

    /// A line for each case, with what was expected and got below those that failed.
    package var text: String {
        let width = rows.reduce(0) { max($0, $1.test.fullName.count) }
        let levels = rows.reduce(0) { max($0, $1.test.level.text.count) }
        var lines: [String] = []
        for row in rows {
            let (name, level) = (row.test.fullName, row.test.level.text)
            let head = padded(name, width) + "  " + padded(level, levels) + "  "
            switch row.outcome {
            case .passed: lines.append(head + "pass")
            case .skipped(let reason): lines.append(head + "skipped: " + reason)
            case .failed(let expected, let got):
                lines.append(head + (counts(row.test) ? "FAIL" : "fail"))
                lines += ["    \(row.test.clause)", "    expected \(expected)", "    got      \(got)"]
            }
        }
        return (lines + [summary]).joined(separator: "\n")
    }

    package var json: JSONValue {
        [
            "server": .string(server),
            "extensions": .array(extensions.map { .string($0) }),
            "summary": .string(summary),
            "cases": .array(
                rows.map { row in
                    var object = row.test.json
                    switch row.outcome {
                    case .passed: object["outcome"] = "pass"
                    case .skipped(let reason):
                        object["outcome"] = "skipped"
                        object["reason"] = .string(reason)
                    case .failed(let expected, let got):
                        object["outcome"] = counts(row.test) ? "fail" : "deviates"
                        object["expected"] = .string(expected)
                        object["got"] = .string(got)
                    }
                    return .object(object)
                }
            ),
        ]
    }
}

extension ProtocolOutcome {
    var isFailure: Bool { if case .failed = self { true } else { false } }
}

extension ProtocolCase {
    /// The case without an outcome.
    package var json: JSONObject {
        ["name": .string(fullName), "level": .string(level.text), "clause": .string(clause)]
    }
}

/// The text with blanks behind it, to a width.
package func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

/// Runs cases one after the other.
///
/// *Parameter* progress: gets the number of cases that are done.
package func runProtocolCases(
    _ cases: [ProtocolCase],
    on server: ProtocolServer,
    progress: (Int) -> Void = { _ in }
) -> ProtocolReport {
    var present: [String: Bool] = [:]
    var rows: [ProtocolReport.Row] = []
    var end: String?
    for test in cases {
        progress(rows.count)
        if let end {
            rows.append(ProtocolReport.Row(test: test, outcome: .skipped("the server is gone since `\(end)`")))
            continue
        }
        for model in test.models where present[model] == nil { present[model] = server.has(model) }
        let outcome = outcome(of: test, on: server, present)
        rows.append(ProtocolReport.Row(test: test, outcome: outcome))
        if outcome.isFailure, (try? server.get("/v2/health/live")) == nil { end = test.fullName }
    }
    return ProtocolReport(
        server: "\(server.metadata.name) \(server.metadata.version)",
        extensions: server.metadata.extensions,
        rows: rows
    )
}

private func outcome(of test: ProtocolCase, on server: ProtocolServer, _ present: [String: Bool]) -> ProtocolOutcome {
    if test.transport == .grpc, server.grpc == nil { return .skipped("no address of gRPC is given") }
    if let missing = test.models.first(where: { present[$0] != true }) {
        return .skipped("the server has no model `\(missing)`")
    }
    do {
        try test.run(server)
        return .passed
    } catch let mismatch as Mismatch {
        return .failed(expected: mismatch.expected, got: mismatch.got)
    } catch let skip as Skip {
        return .skipped(skip.reason)
    } catch {
        return .failed(expected: "an answer", got: "\(error)")
    }
}
