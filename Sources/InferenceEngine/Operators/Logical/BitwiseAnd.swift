/// The bits that both elements have.
struct BitwiseAnd: IntegerFunction {
    static let definition = define("BitwiseAnd", 18) { _ throws(EngineError) in BitwiseAnd() }

    func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x & y }
}
