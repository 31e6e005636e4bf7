import OnnxIR

/// `x · sigmoid(alpha · x)`.
struct QuickGelu: RealFunction {
    let alpha: Float

    static let definition = elementwise("QuickGelu", domain: .microsoft, 1) { node throws(EngineError) in
        QuickGelu(alpha: try node.float("alpha", default: 1.702))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element { x / (1 + Element.exp(-Element(alpha) * x)) }
}
