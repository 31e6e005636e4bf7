/// The exponential unit that is smooth for each `alpha`.
struct Celu: RealFunction {
    let alpha: Float

    static let definition = elementwise("Celu", 12, 28) { node throws(EngineError) in
        Celu(alpha: try node.float("alpha", default: 1))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        let tail = Element(alpha) * Element.expm1(x / Element(alpha))
        return (x < 0 ? 0 : x) + (tail > 0 ? 0 : tail)
    }
}
