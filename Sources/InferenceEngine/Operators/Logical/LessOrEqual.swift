/// Whether the first element is less or equal.
enum LessOrEqual: NumberComparison {
    static let definition = define("LessOrEqual", 12, 16)

    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool { x <= y }
}
