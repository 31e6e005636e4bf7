import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Elements divided by a power of the squares of the channels around them.
struct LRN: Operator {
    let alpha: Float
    let beta: Float
    let bias: Float
    let size: Int

    static let definition = OperatorDefinition("LRN", since: 1, 13, halves: .widened) { node throws(EngineError) in
        let size = try node.required("size", node.int("size"))
        guard size > 0 else { throw .attribute("size", size, expected: "1 or more") }
        return LRN(
            alpha: try node.float("alpha", default: 1e-4),
            beta: try node.float("beta", default: 0.75),
            bias: try node.float("bias", default: 1),
            size: size
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try compute(Float.self, input, call))]
        case .double: return [.tensor(try compute(Double.self, input, call))]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard input.shape.rank >= 2 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected at least 2 axes")
        }
        let (batch, channels) = (input.shape[0], input.shape[1])
        let inner = input.shape.dimensions[2...].reduce(1, *)
        let source = try input.pointer(type)
        let (before, after) = (min((size - 1) / 2, channels), min(size / 2, channels))
        return try call.tensor(of: type, input.shape) { target in
            for image in 0..<batch {
                for channel in 0..<channels {
                    for place in 0..<inner {
                        var sum: Element = 0
                        for other in max(0, channel - before)...min(channels - 1, channel + after) {
                            let x = source[(image * channels + other) * inner + place]
                            sum += x * x
                        }
                        let index = (image * channels + channel) * inner + place
                        let base = Element(bias) + Element(alpha) / Element(size) * sum
                        target[index] = source[index] / Element.pow(base, Element(beta))
                    }
                }
            }
        }
    }
}
