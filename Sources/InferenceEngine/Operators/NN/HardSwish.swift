/// `x * HardSigmoid(x)` with slope 1/6.
struct HardSwish: RealFunction {

    static let definition = elementwise("HardSwish", 14, 22) { node throws(EngineError) in
        HardSwish()
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x * max(0, min(1, x / 6 + 0.5))
    }
}
