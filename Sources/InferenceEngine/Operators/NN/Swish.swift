/// The element times the sigmoid of its product with `alpha`.
struct Swish: RealFunction {
    let alpha: Float

    static let definition = elementwise("Swish", 24) { node throws(EngineError) in
        Swish(alpha: try node.float("alpha", default: 1))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element { x / (1 + Element.exp(-Element(alpha) * x)) }
}
