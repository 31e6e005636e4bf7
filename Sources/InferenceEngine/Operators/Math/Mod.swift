import Glibc
import OnnxIR
import Tensors

/// The remainder: with the sign of the divisor, or of the dividend when `fmod` is set.
///
/// A remainder by zero is zero for integers.
struct Mod: Operator {
    private enum Floored: Arithmetic {
        static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element {
            let rest = Element.fmod(x, y)
            guard rest != 0 else { return Element(signOf: y, magnitudeOf: 0) }
            return (rest < 0) != (y < 0) ? rest + y : rest
        }

        static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element {
            let rest = Truncated.apply(x, y)
            return rest != 0 && (rest < 0) != (y < 0) ? rest &+ y : rest
        }
    }

    private enum Truncated: Arithmetic {
        static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { Element.fmod(x, y) }

        static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element {
            y == 0 ? 0 : x.remainderReportingOverflow(dividingBy: y).partialValue
        }
    }

    let truncates: Bool

    static let definition = OperatorDefinition("Mod", since: 10, 13, 28, halves: .widened) { node throws(EngineError) in
        Mod(truncates: try node.bool("fmod", default: false))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), inputs.broadcastShape(0..<2))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        return [
            .tensor(
                truncates
                    ? try Truncated.compute(left, right, call) : try Floored.compute(left, right, call)
            )
        ]
    }
}
