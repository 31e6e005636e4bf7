import Glibc
import OnnxIR
import Tensors

/// The mean of each window, with or without the padding in the count; or its p-norm.
struct AveragePool: Operator {
    let attributes: SpatialAttributes
    let countsPadding: Bool
    /// The norm's order; `nil` for the mean.
    let order: Float?

    static let definition = OperatorDefinition("AveragePool", since: 1, 7, 10, 11, 19, 22, halves: .widened) {
        node throws(EngineError) in
        AveragePool(
            attributes: try SpatialAttributes(node),
            countsPadding: try node.bool("count_include_pad", default: false),
            order: nil
        )
    }

    static let lpPool = OperatorDefinition("LpPool", since: 1, 2, 11, 18, 22, halves: .widened) {
        node throws(EngineError) in
        AveragePool(
            attributes: try SpatialAttributes(node),
            countsPadding: false,
            order: try node.version < 2 ? node.float("p", default: 2) : Float(node.int("p", default: 2))
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), attributes.inferred(inputs.shape()))]
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
        let pool = try PoolWalk(input.shape, attributes, call)
        let source = try input.pointer(type)
        return try call.tensor(of: type, pool.shape) { target in
            pool.forEach { plane, place, offsets in
                let start = source + plane * pool.window.inputSize
                var (sum, count): (Double, Int) = (0, 0)
                for offset in offsets where offset >= 0 {
                    let x = Double(start[offset])
                    sum += order.map { Double.pow(x.magnitude, Double($0)) } ?? x
                    count += 1
                }
                if countsPadding { count = padded(place, pool.window) }
                let result = order.map { Double.pow(sum, 1 / Double($0)) } ?? sum / Double(max(count, 1))
                target[plane * pool.window.outputSize + place] = Element(result)
            }
        }
    }

    /// The elements of a window that lie in the input or its padding.
    private func padded(_ place: Int, _ window: SpatialWindow) -> Int {
        var (rest, count) = (place, 1)
        for axis in window.extents.indices.reversed() {
            let origin = rest % window.outputs[axis] * window.strides[axis] - window.padsBefore[axis]
            rest /= window.outputs[axis]
            let free = window.extents[axis] + window.padsAfter[axis] - origin
            count *= min(window.kernel[axis], (free + window.dilations[axis] - 1) / window.dilations[axis])
        }
        return count
    }
}
