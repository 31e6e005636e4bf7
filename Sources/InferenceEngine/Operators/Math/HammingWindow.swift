/// Hamming's window, with the exact coefficients.
enum HammingWindow {
    static let definition = CosineWindow.define("HammingWindow", [25 / 46, 21 / 46])
}
