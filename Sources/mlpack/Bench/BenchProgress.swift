import Glibc

/// How far a benchmark is, on a terminal; nothing is shown anywhere else.
struct BenchProgress {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var lastTenth = 0

    /// Shows the part that is done, at each tenth.
    mutating func show(_ elapsed: Int, of total: Int) {
        guard isShown else { return }
        let tenth = Int(Double(elapsed) / Double(total) * 10)
        guard tenth != lastTenth else { return }
        lastTenth = tenth
        put("\r\u{1B}[Kmeasuring \(tenth)0 %")
    }

    /// Clears the line.
    func finish() {
        guard lastTenth > 0 else { return }
        put("\r\u{1B}[K")
    }

    private func put(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
