package import InferenceEngine

/// What a run of a suite came to.
package struct ConformanceReport: Sendable {
    /// A case that failed, and why.
    package struct Failure: Sendable {
        package let name: String
        package let reason: String

        /// A failed case.
        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// The names of the cases that passed, sorted.
    package let passed: [String]
    /// The cases that failed, by name.
    package let failures: [Failure]

    /// A report; both lists are sorted by name.
    package init(passed: [String], failures: [Failure]) {
        self.passed = passed
        self.failures = failures
    }

    /// The line that closes a run.
    package var summary: String { "\(passed.count) passed, \(failures.count) failed" }
}

/// Runs cases on as many threads as `threadCount` says.
package func runConformance(
    _ cases: [ConformanceCase],
    options: InferenceOptions = .default,
    threadCount: Int
) async -> ConformanceReport {
    let workers = max(1, min(threadCount, cases.count))
    let results = await withTaskGroup(of: [(String, String?)].self) { group in
        for worker in 0..<workers {
            group.addTask {
                stride(from: worker, to: cases.count, by: workers).map { index in
                    (cases[index].name, cases[index].failure(options: options))
                }
            }
        }
        return await group.reduce(into: [(String, String?)]()) { $0 += $1 }
    }
    let failures = results.compactMap { name, reason in
        reason.map { ConformanceReport.Failure(name: name, reason: $0) }
    }
    return ConformanceReport(
        passed: results.filter { $0.1 == nil }.map(\.0).sorted(),
        failures: failures.sorted { $0.name < $1.name }
    )
}
