/// `x` above `alpha`, zero elsewhere.
struct ThresholdedRelu: RealFunction {
    let alpha: Float

    static let definition = elementwise("ThresholdedRelu", 10, 22) { node throws(EngineError) in
        ThresholdedRelu(alpha: try node.float("alpha", default: 1))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x > Element(alpha) ? x : 0
    }
}
