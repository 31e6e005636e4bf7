/// The distance from zero; the least integer of a type stays itself.
struct Abs: NumberFunction {
    static let definition = elementwise("Abs", 1, 6, 13) { _ throws(EngineError) in Abs() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x.magnitude }
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element { x < 0 ? 0 &- x : x }
}
