import Diagnostics
import YAML

/// The signals of Linux that end or steer a process, without the real-time ones.
///
/// *Source*: signal(7).
private let signalNames = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
].map { "SIG" + $0 }

/// The signal that ends a container: `SIGTERM`, `SIGRTMIN+3`, or a number from 1 to 64.
///
/// *Source*: OCI image specification 1.1, config.md, `StopSignal`; Docker and Podman take numbers too.
func stopSignal(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    if signalNames.contains(text) || isRealTimeSignal(text) { return text }
    if let number = Int(text), (1...64).contains(number), text == String(number) { return text }
    throw EnvironmentError(
        .manifest,
        at: node.place,
        "the signal is not known, expected one such as `SIGTERM`, `SIGRTMIN+3` or a number from 1 to 64, got `\(text)`",
        hint: suggestion(for: text.hasPrefix("SIG") ? text : "SIG" + text, among: signalNames)
            .map { "did you mean `\($0)`?" }
    )
}

private func isRealTimeSignal(_ text: String) -> Bool {
    for (start, range) in [("SIGRTMIN", 1...15), ("SIGRTMAX", -14 ... -1)] where text.hasPrefix(start) {
        let offset = text.dropFirst(start.count)
        if offset.isEmpty { return true }
        guard let number = Int(offset), range.contains(number) else { return false }
        return offset == (number > 0 ? "+\(number)" : "\(number)")
    }
    return false
}
