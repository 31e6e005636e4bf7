/// The bits that one element has and the other does not.
struct BitwiseXor: IntegerFunction {
    static let definition = define("BitwiseXor", 18) { _ throws(EngineError) in BitwiseXor() }

    func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x ^ y }
}
