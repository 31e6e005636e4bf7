import ContentStore
import Glibc
import Synchronization

/// How far the transfer of some blobs is, on a line of a terminal; nothing is shown anywhere else.
package final class TransferProgress: Sendable {
    private struct State {
        var done: [Digest: Int] = [:]
        var shown = ""
    }

    private let verb: String
    private let byteCount: Int
    private let isShown = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// The progress of blobs of so many bytes in total; the verb is a gerund: `pushing`.
    init(_ verb: String, byteCount: Int) {
        self.verb = verb
        self.byteCount = byteCount
    }

    /// Shows that so much of a blob is there.
    func show(_ digest: Digest, _ count: Int) {
        guard isShown, byteCount > 0 else { return }
        state.withLock { state in
            state.done[digest] = count
            let done = state.done.values.saturatingSum
            let percent = Int(Double(min(done, byteCount)) / Double(byteCount) * 100)
            let line = "\(verb) \(inMegabytes(done)) of \(inMegabytes(byteCount)) MB, \(percent) %"
            guard line != state.shown else { return }
            state.shown = line
            put("\r\u{1B}[K" + line)
        }
    }

    /// Clears the line.
    func finish() { if state.withLock({ !$0.shown.isEmpty }) { put("\r\u{1B}[K") } }

    private func inMegabytes(_ count: Int) -> Int { count / 1_000_000 + (count % 1_000_000 < 500_000 ? 0 : 1) }

    private func put(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension Sequence<Int> {
    /// The sum of sizes that a stranger declared: the largest number when they do not add up to one.
    var saturatingSum: Int {
        reduce(0) { sum, next in
            let (value, isTooLarge) = sum.addingReportingOverflow(next)
            return isTooLarge ? .max : value
        }
    }
}
