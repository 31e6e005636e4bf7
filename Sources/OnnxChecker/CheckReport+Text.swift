import Diagnostics
package import JSON

extension CheckReport {
    /// The report for a person: findings first, then the checks, then the verdict.
    package var text: String {
        var lines: [String] = []
        for finding in findings {
            let diagnostic = finding.diagnostic.within(.file(path))
            lines.append("\(finding.severity.rawValue): \(diagnostic)")
            if let hint = diagnostic.hint { lines.append("hint: \(hint)") }
        }
        for check in checks {
            lines.append(check.reasonNotRun.map { "not checked: \(check.name), \($0)" } ?? "checked: \(check.name)")
        }
        lines.append("`\(path)`: \(verdict.rawValue)\(counts)")
        return lines.joined(separator: "\n")
    }

    private var counts: String {
        let severities: [(Finding.Severity, String)] = [
            (.error, "error"), (.unsupported, "unknown"), (.warning, "warning"),
        ]
        let parts = severities.compactMap { severity, word -> String? in
            let count = findings.filter { $0.severity == severity }.count
            return count == 0 ? nil : counted(count, word)
        }
        return parts.isEmpty ? "" : ", " + parts.joined(separator: ", ")
    }

    /// The report for a script.
    package var json: JSONValue {
        [
            "model": .string(path),
            "verdict": .string(verdict.rawValue),
            "findings": .array(
                findings.map { finding in
                    [
                        "severity": .string(finding.severity.rawValue),
                        "code": .string(finding.diagnostic.codeName),
                        "place": .string(finding.diagnostic.place.description),
                        "message": .string(finding.diagnostic.message),
                        "hint": finding.diagnostic.hint.map { .string($0) } ?? nil,
                    ]
                }
            ),
            "checks": .array(
                checks.map { check in
                    [
                        "name": .string(check.name),
                        "ran": .bool(check.reasonNotRun == nil),
                        "reason": check.reasonNotRun.map { .string($0) } ?? nil,
                    ]
                }
            ),
        ]
    }
}
