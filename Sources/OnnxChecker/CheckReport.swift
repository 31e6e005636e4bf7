import Diagnostics
package import OnnxIR

/// What `mlpack check` says of a model: the findings, and which checks ran.
package struct CheckReport: Sendable {
    /// One of the checks, and why it did not run.
    package struct Check: Sendable, Hashable {
        package let name: String
        /// `nil` when the check ran.
        package let reasonNotRun: String?
    }

    /// What the findings come to.
    package enum Verdict: String, Sendable {
        case valid
        case invalid
        case unsupported
    }

    /// The path as the user gave it.
    package let path: String
    package private(set) var findings: [Finding]
    package private(set) var checks: [Check]

    /// The report of our own rules on a model that was read from `path`.
    package init(_ model: Model, path: String) {
        self.path = path
        findings = checkModel(model)
        checks = [Check(name: "rules", reasonNotRun: nil)]
    }

    /// Invalid when there is an error, else unsupported when something cannot be told, else valid.
    package var verdict: Verdict {
        if findings.contains(where: { $0.severity == .error }) { return .invalid }
        return findings.contains { $0.severity == .unsupported } ? .unsupported : .valid
    }

    /// Adds a check that did not run.
    package mutating func skip(_ check: CrossCheck, because reason: String) {
        checks.append(Check(name: check.rawValue, reasonNotRun: reason))
    }

    /// Runs a check in a child process: `arguments` make this executable do it.
    ///
    /// Each line that the child writes is a finding; so is a child that ends by a signal or takes too long.
    ///
    /// *Throws*: `child` when no process can be started.
    package mutating func run(
        _ check: CrossCheck,
        arguments: [String],
        executable: String = "/proc/self/exe",
        seconds: Int = 120
    ) throws(CheckerError) {
        let child = try ChildProcess(arguments, executable: executable, seconds: seconds)
        checks.append(Check(name: check.rawValue, reasonNotRun: nil))
        let lines = String(decoding: child.output, as: UTF8.self).split(separator: "\n").map(String.init)
        var messages = lines
        switch child.end {
        case .exited(0): messages = []
        case .exited(1) where !lines.isEmpty: break
        case .exited(let code): messages.append("\(check.rawValue) ended with status \(code), expected 0 or 1")
        case .signalled(let signal): messages.append("\(check.rawValue) ended by signal \(signal), expected an answer")
        case .timedOut: messages.append("\(check.rawValue) gave no answer, expected one within \(seconds) s")
        }
        findings += messages.map { Finding(CheckerError(check.code, at: .item("cross-check", check.rawValue), $0)) }
    }
}

/// The checks by other software than our own reader and rules; raw values are their names in reports.
package enum CrossCheck: String, Sendable, CaseIterable {
    case secondReader = "second reader"
    case libonnx

    var code: CheckerCode {
        switch self {
        case .secondReader: .secondReader
        case .libonnx: .libonnx
        }
    }
}
