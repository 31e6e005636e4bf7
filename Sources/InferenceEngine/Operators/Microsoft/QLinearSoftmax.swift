import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Exponentials of quantised numbers divided by their sum, quantised again.
///
/// `opset` says which `Softmax` is meant: before 13 all axes from `axis` on are one, since then it is `axis` alone.
struct QLinearSoftmax: QuantizedOperator {
    let axis: Int
    let flattens: Bool

    static let definition = OperatorDefinition("QLinearSoftmax", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        let opset = try node.required("opset", node.int("opset"))
        return QLinearSoftmax(axis: try node.int("axis", default: -1), flattens: opset < 13)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let input = try call.tensor(0)
        let shape = input.shape
        let axis = try checkedAxis(axis, rank: shape.rank)
        let output = try call.quantization(type, scale: 3, zero: 4)
        let scale = try call.quantization(type, scale: 1, zero: 2).scale
        let outer = shape.dimensions[..<axis].reduce(1, *)
        let inner = flattens ? 1 : shape.dimensions[(axis + 1)...].reduce(1, *)
        let length = outer * inner == 0 ? 0 : shape.elementCount / (outer * inner)
        let source = try input.pointer(type)
        return try call.tensor(of: type, shape) { target in
            guard length > 0 else { return }
            let powers = Self.powers(scale: scale, length: length)
            for row in 0..<outer {
                for column in 0..<inner {
                    let start = row &* length &* inner &+ column
                    Self.apply(source + start, target + start, length, inner, powers, output)
                }
            }
        }
    }

    /// `exp(-d · scale)` for each distance `d` from the greatest number, all times one factor.
    ///
    /// NUMERICS: the factor is the one of ONNX Runtime, which keeps the sum of `length` powers just within `Float`; it
    /// decides which of them are too small to count.
    private static func powers(scale: Float, length: Int) -> [Float] {
        let room = max(0, log(Double(Float.greatestFiniteMagnitude / Float(length))) - 5) / Double(scale)
        return (0..<256).map { distance in Float(exp((room - Double(distance)) * Double(scale))) }
    }

    private static func apply<Element: QuantizedElement>(
        _ source: UnsafePointer<Element>,
        _ target: UnsafeMutablePointer<Element>,
        _ length: Int,
        _ step: Int,
        _ powers: [Float],
        _ output: LinearQuantization<Element>
    ) {
        var greatest = source[0]
        for index in 1..<max(length, 1) { greatest = max(greatest, source[index &* step]) }
        var sum: Float = 0
        for index in 0..<length { sum += powers[Int(greatest) &- Int(source[index &* step])] }
        // NUMERICS: the inverse of the output's scale counts without its fraction, as in ONNX Runtime.
        let factor = (1 / output.scale).rounded(.down)
        for index in 0..<length {
            let power = powers[Int(greatest) &- Int(source[index &* step])]
            target[index &* step] = output.held((power * factor / sum).rounded(.toNearestOrEven))
        }
    }
}
