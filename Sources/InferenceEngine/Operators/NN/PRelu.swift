/// The element, or its product with the slope below zero.
enum PRelu: Arithmetic {
    static let definition = binary("PRelu", 7, 9, 16)

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x < 0 ? x * y : x }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x < 0 ? x &* y : x }
}
