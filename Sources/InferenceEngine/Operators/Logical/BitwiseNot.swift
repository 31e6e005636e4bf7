/// Each bit turned round.
struct BitwiseNot: NumberFunction {
    static let definition = elementwise("BitwiseNot", 18) { _ throws(EngineError) in BitwiseNot() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x }
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element { ~x }
}
