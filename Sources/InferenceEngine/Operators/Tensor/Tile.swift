import Diagnostics
import OnnxIR
import Tensors

/// The input repeated along each axis.
struct Tile: Operator {
    /// Before opset 6 one axis was repeated, and count and axis were inputs of the type of the first.
    let hasAxis: Bool

    static let definition = OperatorDefinition("Tile", since: 1, 6, 13) { node throws(EngineError) in
        Tile(hasAxis: node.version < 6)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), !shape.isEmpty else { return [.tensor(inputs.elementType())] }
        guard !hasAxis, let counts = inputs[1].integers, counts.count == shape.count else {
            return [.tensor(inputs.elementType(), shape.map { _ in .unknown })]
        }
        return [
            .tensor(
                inputs.elementType(),
                zip(shape, counts).map { extent, count in extent.times(count) }
            )
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let counts = try repeats(input.shape.rank, call)
        guard counts.count == input.shape.rank, counts.allSatisfy({ $0 >= 0 }) else {
            throw EngineError(.shape, "repeats are \(counts), expected one from 0 for each axis of \(input.shape)")
        }
        var dimensions: [Int] = []
        for (extent, count) in zip(input.shape.dimensions, counts) {
            let (product, overflow) = extent.multipliedReportingOverflow(by: count)
            guard !overflow else { throw EngineError(.limit, "the output has more elements than fit an `Int`") }
            dimensions.append(product)
        }
        let shape = try call.shape(dimensions)
        try call.state.check(input.elementType, shape)
        guard shape.elementCount > 0 else {
            return [.tensor(try call.moved(input, to: shape, BlockGather(offsets: [], length: 0)))]
        }
        let offsets = shape.dimensions.indices.map { axis in
            AxisOffsets.repeated(step: input.shape.strides[axis], period: input.shape[axis], count: shape[axis])
        }
        return [.tensor(try call.moved(input, to: shape, AxisMap(offsets: offsets)))]
    }

    private func repeats(_ rank: Int, _ call: OperatorCall) throws(EngineError) -> [Int] {
        guard hasAxis else { return try call.tensor(1).integers("the repeats") }
        let count = try call.cast(call.tensor(1), to: .int64).integers("the repeats").first
        let axis = try call.cast(call.tensor(2), to: .int64).integers("the axis").first
        guard let count, let axis else {
            throw EngineError(.shape, "the repeats or the axis are empty, expected scalars")
        }
        var counts = [Int](repeating: 1, count: rank)
        counts[try checkedAxis(axis, rank: rank)] = count
        return counts
    }
}
