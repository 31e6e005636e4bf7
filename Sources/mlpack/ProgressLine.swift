import Glibc

/// How far long work is, on a line of a terminal; nothing is shown anywhere else.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var shown = ""

    /// Shows what is done and the part of it, at each tenth.
    mutating func show(_ words: String, _ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let tenth = Int(Double(done) / Double(total) * 10)
        show("\(words) \(tenth)0 %")
    }

    /// Shows what is being done, where nothing tells how much of it is.
    mutating func show(_ line: String) {
        guard isShown, line != shown else { return }
        shown = line
        put("\r\u{1B}[K" + line)
    }

    /// Clears the line.
    mutating func finish() {
        if !shown.isEmpty { put("\r\u{1B}[K") }
        shown = ""
    }

    private func put(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
