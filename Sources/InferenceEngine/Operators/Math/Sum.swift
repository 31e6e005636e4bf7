/// The sum of the inputs.
enum Sum: Arithmetic {
    static let definition = variadic("Sum", 1, 6, 8, 13)
    static let neutral: Int? = 0
    static let isCommutative = true

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x + y }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x &+ y }
}
