/// The smallest of the inputs; NaN wins.
enum Min: Arithmetic {
    static let definition = variadic("Min", 1, 6, 8, 12, 13)
    static let isIdempotent = true

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x.isNaN || x < y ? x : y }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { Swift.min(x, y) }
}
