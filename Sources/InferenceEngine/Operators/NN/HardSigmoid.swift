/// `alpha * x + beta`, held between 0 and 1.
struct HardSigmoid: RealFunction {
    let alpha: Float
    let beta: Float

    static let definition = elementwise("HardSigmoid", 1, 6, 22) { node throws(EngineError) in
        HardSigmoid(alpha: try node.float("alpha", default: 0.2), beta: try node.float("beta", default: 0.5))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        let line = Element(alpha) * x + Element(beta)
        return line < 0 ? 0 : line > 1 ? 1 : line
    }
}
