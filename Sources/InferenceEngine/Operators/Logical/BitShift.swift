import Diagnostics

/// The bits of an element moved to the left or to the right; those that leave are gone.
struct BitShift: IntegerFunction {
    private enum Direction: String, CaseIterable, Sendable {
        case left = "LEFT"
        case right = "RIGHT"
    }

    private let direction: Direction

    static let definition = define("BitShift", 11, 28) { node throws(EngineError) in
        guard node.has("direction") else { throw EngineError(.attribute, "attribute `direction` is missing") }
        return BitShift(direction: try node.choice("direction", default: .left))
    }

    func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element {
        guard y >= 0, y < Element.bitWidth else { return direction == .right && x < 0 ? ~0 : 0 }
        return direction == .left ? x &<< y : x &>> y
    }
}
