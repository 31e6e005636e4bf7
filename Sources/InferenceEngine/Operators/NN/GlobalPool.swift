import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// One number from each channel: its mean, its largest element, or its p-norm.
struct GlobalPool: Operator {
    enum Form: Sendable {
        case average
        case max
        case norm(order: Float)
    }

    let form: Form

    static let definition = OperatorDefinition("GlobalAveragePool", since: 1, 22, halves: .widened) {
        _ throws(EngineError) in
        GlobalPool(form: .average)
    }

    static let max = OperatorDefinition("GlobalMaxPool", since: 1, 22, halves: .widened) { _ throws(EngineError) in
        GlobalPool(form: .max)
    }

    static let norm = OperatorDefinition("GlobalLpPool", since: 1, 2, 22, halves: .widened) {
        node throws(EngineError) in
        let order = try node.version < 2 ? node.float("p", default: 2) : Float(node.int("p", default: 2))
        return GlobalPool(form: .norm(order: order))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [
            .tensor(
                inputs.elementType(),
                inputs.shape().map { shape in shape.enumerated().map { $0.offset < 2 ? $0.element : .fixed(1) } }
            )
        ]
    }

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
        let planes = input.shape[0] * input.shape[1]
        let size = planes == 0 ? 0 : input.shape.elementCount / planes
        let ones = [Int](repeating: 1, count: input.shape.rank - 2)
        let shape = try call.shape([input.shape[0], input.shape[1]] + ones)
        let source = try input.pointer(type)
        return try call.tensor(of: type, shape) { target in
            for plane in 0..<planes {
                let elements = UnsafeBufferPointer(start: source + plane * size, count: size)
                switch form {
                case .average: target[plane] = Element(elements.reduce(0.0) { $0 + Double($1) } / Double(size))
                case .max: target[plane] = elements.first(where: \.isNaN) ?? elements.max() ?? -.infinity
                case .norm(let order):
                    let sum = elements.reduce(0.0) { $0 + Double.pow(Double($1.magnitude), Double(order)) }
                    target[plane] = Element(Double.pow(sum, 1 / Double(order)))
                }
            }
        }
    }
}
