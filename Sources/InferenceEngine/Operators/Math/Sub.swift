/// The difference, with broadcasting; integers wrap.
enum Sub: Arithmetic {
    static let definition = binary("Sub", 1, 6, 7, 13, 14)
    static let neutral: Int? = 0

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x - y }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x &- y }
}
