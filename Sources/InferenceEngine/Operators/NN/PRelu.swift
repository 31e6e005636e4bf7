import Diagnostics
import OnnxIR
import Tensors

/// The element, or its product with the slope below zero.
struct PRelu: Operator {
    private enum Function: Arithmetic {
        static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element { x < 0 ? x * y : x }
        static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element { x < 0 ? x &* y : x }
    }

    /// Whether a vector of slopes has one for each channel, as before opset 7, and does not follow the last axis.
    let hasChannelSlopes: Bool

    static let definition = OperatorDefinition("PRelu", since: 1, 6, 7, 9, 16, halves: .widened) {
        node throws(EngineError) in
        PRelu(hasChannelSlopes: node.version < 7)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        var slope = try call.tensor(1)
        if hasChannelSlopes, slope.shape.elementCount != 1 {
            slope = try call.channelVector(slope, "slope", like: input.shape)
        }
        guard input.shape.broadcast(with: slope.shape) == input.shape else {
            throw EngineError(
                .shape,
                "the slope has shape \(slope.shape), expected one that broadcasts to \(input.shape)"
            )
        }
        return [.tensor(try Function.compute(input, slope, call))]
    }
}
