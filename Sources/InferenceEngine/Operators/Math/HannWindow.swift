/// Hann's window.
enum HannWindow {
    static let definition = CosineWindow.define("HannWindow", [0.5, 0.5])
}
