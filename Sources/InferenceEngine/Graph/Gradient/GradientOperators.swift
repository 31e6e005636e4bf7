import Diagnostics
import OnnxIR
import Tensors

/// Operators that derivatives need beside the standard's, in alphabetical order.
let gradientOperators: [OperatorDefinition] = [
    OperatorDefinition("CastLike", domain: .gradient, since: 1) { _ throws(EngineError) in Cast(target: nil) },
    ScalarLike.definition,
    SumToShape.definition,
    SwapLastAxes.definition,
]

/// A number in the element type of the input.
struct ScalarLike: Operator {
    let value: Double

    static let definition = OperatorDefinition("ScalarLike", domain: .gradient, since: 1) { node throws(EngineError) in
        ScalarLike(value: try (node.floats("value") ?? []).reduce(0) { $0 + Double($1) })
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), [])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try call.cast(.of([value], .scalar), to: call.tensor(0).elementType))]
    }
}

/// The input summed over the axes along which the shape of the second broadcasts to its own.
struct SumToShape: Operator {
    static let definition = OperatorDefinition("SumToShape", domain: .gradient, since: 1) { _ throws(EngineError) in
        SumToShape()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), inputs.shape(1))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, shape) = (try call.tensor(0), try call.tensor(1).shape)
        guard input.shape != shape else { return [.tensor(input)] }
        guard shape.broadcast(with: input.shape) == input.shape else {
            throw EngineError(.shape, "shape \(shape) does not broadcast to \(input.shape)")
        }
        let padding = input.shape.rank - shape.rank
        let axes = (0..<input.shape.rank).filter { $0 < padding || shape[$0 - padding] != input.shape[$0] }
        switch input.elementType {
        case .float16, .bfloat16:
            let result = try sum(Float.self, call.cast(input, to: .float), axes, shape, call)
            return [.tensor(try call.cast(result, to: input.elementType))]
        case .float: return [.tensor(try sum(Float.self, input, axes, shape, call))]
        case .double: return [.tensor(try sum(Double.self, input, axes, shape, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func sum<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ axes: [Int],
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let walk = ReductionWalk(input.shape, axes: axes, keepsAxes: true)
        let source = try input.pointer(type)
        let result = try call.tensor(of: type, shape) { target in
            for (index, start) in walk.kept.enumerated() {
                target[index] = walk.reduced.reduce(0) { $0 + source[start + $1] }
            }
        }
        withExtendedLifetime(input) {}
        return result
    }
}

/// Matrices transposed.
struct SwapLastAxes: Operator {
    static let definition = OperatorDefinition("SwapLastAxes", domain: .gradient, since: 1) { _ throws(EngineError) in
        SwapLastAxes()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), shape.count >= 2 else { return [.tensor(inputs.elementType())] }
        shape.swapAt(shape.count - 1, shape.count - 2)
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        guard rank >= 2 else {
            throw EngineError(.shape, "the derivative of a product with a vector \(input.shape) is not supported")
        }
        return [.tensor(try call.transposed(input, Array(0..<(rank - 2)) + [rank - 1, rank - 2]))]
    }
}
