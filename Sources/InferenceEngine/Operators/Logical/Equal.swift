/// Whether two elements are equal.
enum Equal: NumberComparison {
    static let definition = define("Equal", 1, 7, 11, 13, 19)

    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool { x == y }
}
