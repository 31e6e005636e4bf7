/// `x`, or `alpha * x` below zero.
struct LeakyRelu: RealFunction {
    let alpha: Float

    static let definition = elementwise("LeakyRelu", 1, 6, 16) { node throws(EngineError) in
        LeakyRelu(alpha: try node.float("alpha", default: 0.01))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x < 0 ? Element(alpha) * x : x
    }
}
