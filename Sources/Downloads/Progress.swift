import Glibc

/// How far a download is, on a terminal; nothing is shown anywhere else.
final class Progress {
    private let name: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private var lastPercent = -1

    init(name: String) { self.name = name }

    func show(_ byteCount: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let percent = Int(Double(byteCount) / Double(total) * 100)
        guard percent != lastPercent else { return }
        lastPercent = percent
        put("\r\u{1B}[Kfetching \(name) \(percent) %")
    }

    func finish() {
        guard lastPercent >= 0 else { return }
        put("\r\u{1B}[K")
    }

    private func put(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
