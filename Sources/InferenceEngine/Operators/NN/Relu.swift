/// The element, or zero below it.
struct Relu: NumberFunction {
    static let definition = elementwise("Relu", 1, 6, 13, 14) { _ throws(EngineError) in Relu() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x < 0 ? 0 : x }
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element { x < 0 ? 0 : x }
}
