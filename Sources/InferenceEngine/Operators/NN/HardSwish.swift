/// `x * HardSigmoid(x)` with slope 1/6.
struct HardSwish: RealFunction {

    static let definition = elementwise("HardSwish", 14, 22) { node throws(EngineError) in
        HardSwish()
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        let line = x / 6 + 0.5
        return x * (line < 0 ? 0 : line > 1 ? 1 : line)
    }
}
