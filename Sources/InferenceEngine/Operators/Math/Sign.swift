/// -1, 0 or 1.
struct Sign: NumberFunction {
    static let definition = elementwise("Sign", 9, 13) { _ throws(EngineError) in Sign() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x > 0 ? 1 : x < 0 ? -1 : x }
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element { x.signum() }
}
