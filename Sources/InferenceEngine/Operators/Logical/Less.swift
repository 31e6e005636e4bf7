/// Whether the first element is less.
enum Less: NumberComparison {
    static let definition = define("Less", 1, 7, 9, 13)

    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool { x < y }
}
