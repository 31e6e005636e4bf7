/// The scaled exponential unit.
struct Selu: RealFunction {
    let alpha: Float
    let gamma: Float

    static let definition = elementwise("Selu", 1, 6, 22) { node throws(EngineError) in
        Selu(
            alpha: try node.float("alpha", default: 1.6732632),
            gamma: try node.float("gamma", default: 1.050701)
        )
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        Element(gamma) * (x > 0 ? x : Element(alpha) * Element.expm1(x))
    }
}
