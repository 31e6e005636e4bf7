import Diagnostics
import OnnxIR
import Tensors

/// The pieces of a tensor along an axis, as a sequence.
struct SplitToSequence: Operator {
    let axis: Int
    let keepsAxis: Bool

    static let definition = OperatorDefinition("SplitToSequence", since: 11, 24) { node throws(EngineError) in
        SplitToSequence(
            axis: try node.int("axis", default: 0),
            keepsAxis: try node.bool("keepdims", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count) else {
            return [Facts(type: .sequence(.tensor(inputs.elementType(), shape: nil)))]
        }
        if inputs.has(1) {
            shape[axis] = Self.length(of: shape[axis], inputs[1])
        } else if keepsAxis {
            shape[axis] = .fixed(1)
        } else {
            shape.remove(at: axis)
        }
        return [Facts(type: .sequence(.tensor(inputs.elementType(), shape: shape)))]
    }

    /// How long each piece of an axis is, where all are equally long.
    private static func length(of extent: Dimension, _ lengths: Facts) -> Dimension {
        guard let given = lengths.integers, let first = given.first, first > 0, let rank = lengths.shape?.count else {
            return .unknown
        }
        let isEven = rank > 0 ? given.allSatisfy { $0 == first } : (extent.extent ?? 1) % first == 0
        return isEven ? .fixed(first) : .unknown
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let extent = input.shape[axis]
        let type = ValueType.tensor(input.elementType, shape: nil)
        guard let split = try call.optionalTensor(1) else {
            try call.state.checkTensors(extent)
            var slices: [Value] = []
            for index in 0..<extent {
                let slice = try call.slice(input, at: index, axis: axis)
                var dimensions = input.shape.dimensions
                dimensions[axis] = 1
                slices.append(.tensor(keepsAxis ? try slice.with(shape: call.shape(dimensions)) : slice))
            }
            return [.sequence(slices, of: type)]
        }
        var lengths = try split.integers("the lengths")
        if split.shape.rank == 0, let length = lengths.first {
            guard length > 0 else { throw EngineError(.value, "the length is \(length), expected 1 or more") }
            try call.state.checkTensors((extent - 1) / length + 1)
            lengths = stride(from: 0, to: extent, by: length).map { min(length, extent - $0) }
        }
        let pieces = Split(axis: axis, fixedLengths: lengths, count: lengths.count)
        return [.sequence(try pieces.run(call), of: type)]
    }
}
