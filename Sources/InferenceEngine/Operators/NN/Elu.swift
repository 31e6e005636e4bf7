/// `x`, or `alpha * (exp(x) - 1)` below zero.
struct Elu: RealFunction {
    let alpha: Float

    static let definition = elementwise("Elu", 1, 6, 22) { node throws(EngineError) in
        Elu(alpha: try node.float("alpha", default: 1))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x < 0 ? Element(alpha) * Element.expm1(x) : x
    }
}
