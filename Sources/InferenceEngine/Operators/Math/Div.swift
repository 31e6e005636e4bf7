import OnnxIR

/// The quotient, with broadcasting; integers truncate, and a division by zero gives zero.
enum Div: Arithmetic {
    static let definition = binary("Div", 1, 6, 7, 13, 14)
    static let neutral: Int? = 1

    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x / y }
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element {
        y == 0 ? 0 : x.dividedReportingOverflow(by: y).partialValue
    }
}
