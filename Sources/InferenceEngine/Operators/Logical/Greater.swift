/// Whether the first element is greater.
enum Greater: NumberComparison {
    static let definition = define("Greater", 1, 7, 9, 13)

    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool { x > y }
}
