/// The product, with broadcasting; integers wrap.
enum Mul: Arithmetic {
    static let definition = binary("Mul", 1, 6, 7, 13, 14)
    static let neutral: Int? = 1
    static let isCommutative = true

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x * y }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x &* y }
}
