/// Whether the first element is greater or equal.
enum GreaterOrEqual: NumberComparison {
    static let definition = define("GreaterOrEqual", 12, 16)

    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool { x >= y }
}
