/// The opposite number; integers wrap.
struct Neg: NumberFunction {
    static let definition = elementwise("Neg", 1, 6, 13) { _ throws(EngineError) in Neg() }

    func apply<Element: RealElement>(_ x: Element) -> Element { -x }
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element { 0 &- x }
}
