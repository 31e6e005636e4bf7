/// Blackman's window.
enum BlackmanWindow {
    static let definition = CosineWindow.define("BlackmanWindow", [0.42, 0.5, 0.08])
}
