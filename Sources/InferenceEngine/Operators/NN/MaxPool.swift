import Diagnostics
import OnnxIR
import Tensors

/// The largest element of each window, NaN before all others, and where it lies.
struct MaxPool: Operator {
    let attributes: SpatialAttributes
    let isColumnMajor: Bool

    static let definition = OperatorDefinition("MaxPool", since: 1, 8, 10, 11, 12, 22, halves: .widened) {
        node throws(EngineError) in
        MaxPool(
            attributes: try SpatialAttributes(node),
            isColumnMajor: try node.bool("storage_order", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let result = attributes.inferred(inputs.shape())
        return [.tensor(inputs.elementType(), result), .tensor(.int64, result)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return try compute(Float.self, input, call)
        case .double: return try compute(Double.self, input, call)
        case .int8: return try compute(Int8.self, input, call)
        case .uint8: return try compute(UInt8.self, input, call)
        default: throw .elementType(input.elementType, expected: "a floating-point type, int8 or uint8")
        }
    }

    private func compute<Element: WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let pool = try PoolWalk(input.shape, attributes, call)
        let source = try input.pointer(type)
        var places: [Int64] = []
        let values = try call.tensor(of: type, pool.shape) { target in
            pool.forEach { plane, place, offsets in
                let start = source + plane * pool.window.inputSize
                var best = -1
                for offset in offsets where offset >= 0 {
                    // NaN, which equals nothing, wins and stays.
                    let isGreater = best < 0 || start[offset] > start[best] || start[offset] != start[offset]
                    if isGreater { best = offset }
                }
                target[plane * pool.window.outputSize + place] = best < 0 ? Element.ends.least : start[best]
                if call.outputCount > 1 {
                    places.append(Int64(plane * pool.window.inputSize + index(best, pool.window)))
                }
            }
        }
        guard call.outputCount > 1 else { return [.tensor(values)] }
        var ordered = places
        for (step, value) in places.enumerated() {
            let (place, plane) = (step / max(1, pool.planes), step % max(1, pool.planes))
            ordered[plane * pool.window.outputSize + place] = value
        }
        return [.tensor(values), .tensor(try .of(ordered, pool.shape))]
    }

    /// A place of a plane, counted along the first axis first when the order is that of columns.
    private func index(_ place: Int, _ window: SpatialWindow) -> Int {
        guard isColumnMajor, place >= 0 else { return place }
        var (rest, result, stride) = (place, 0, window.inputSize)
        for extent in window.extents.reversed() {
            stride /= extent
            result += rest % extent * stride
            rest /= extent
        }
        return result
    }
}

/// The planes and windows of a pool.
struct PoolWalk {
    let window: SpatialWindow
    let planes: Int
    let shape: Shape

    init(_ input: Shape, _ attributes: SpatialAttributes, _ call: OperatorCall) throws(EngineError) {
        guard input.rank >= 3 else {
            throw EngineError(.shape, "input has shape \(input), expected at least 3 axes")
        }
        window = try attributes.window(over: Array(input.dimensions[2...]))
        planes = input[0] * input[1]
        shape = try call.shape([input[0], input[1]] + window.outputs)
        try call.state.check(.int64, shape)
    }

    /// Calls `body` with each plane and place, and where the window's elements lie in the plane; places come first.
    func forEach(_ body: (_ plane: Int, _ place: Int, _ offsets: [Int]) -> Void) {
        for place in 0..<window.outputSize {
            let offsets = window.offsets(at: place)
            for plane in 0..<planes { body(plane, place, offsets) }
        }
    }
}
