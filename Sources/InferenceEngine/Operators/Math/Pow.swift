import Glibc
import OnnxIR
import Tensors

/// The power, in the type of the base; the exponent may have another type.
struct Pow: Operator {
    private enum Power: Arithmetic {
        static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { Element.pow(x, y) }

        static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element {
            guard y >= 0 else { return x == 1 ? 1 : x == 0 &- 1 ? (y & 1 == 0 ? 1 : x) : 0 }
            var (result, base, exponent): (Element, Element, Element) = (1, x, y)
            while exponent > 0 {
                if exponent & 1 == 1 { result = result &* base }
                base = base &* base
                exponent >>= 1
            }
            return result
        }
    }

    let legacy: LegacyBroadcast

    static let definition = OperatorDefinition("Pow", since: 1, 7, 12, 13, 15, halves: .widened) {
        node throws(EngineError) in
        Pow(legacy: try LegacyBroadcast(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), legacy.shape(inputs))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let base = try call.tensor(0)
        let exponent = try legacy.aligned(call.tensor(1), to: base)
        if base.elementType == exponent.elementType { return [.tensor(try Power.compute(base, exponent, call))] }
        let (x, y) = (try call.cast(base, to: .double), try call.cast(exponent, to: .double))
        let power = try Power.compute(x, y, call)
        return [.tensor(try call.cast(power, to: base.elementType))]
    }
}
