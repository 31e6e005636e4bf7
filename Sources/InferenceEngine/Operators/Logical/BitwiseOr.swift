/// The bits that either element has.
struct BitwiseOr: IntegerFunction {
    static let definition = define("BitwiseOr", 18) { _ throws(EngineError) in BitwiseOr() }

    func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x | y }
}
