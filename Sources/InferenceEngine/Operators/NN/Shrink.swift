/// Moves what lies outside of `lambd` towards zero by `bias`; the rest is zero.
struct Shrink: RealFunction {
    static let takesIntegers = true
    let bias: Float
    let lambda: Float

    static let definition = elementwise("Shrink", 9) { node throws(EngineError) in
        Shrink(bias: try node.float("bias", default: 0), lambda: try node.float("lambd", default: 0.5))
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        if x < -Element(lambda) { return x + Element(bias) }
        return x > Element(lambda) ? x - Element(bias) : 0
    }
}
