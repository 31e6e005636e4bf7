import Diagnostics
import OnnxIR
import Tensors

/// For each index a new axis of one value, with another value at the index; an index out of range has none.
struct OneHot: Operator {
    let axis: Int

    static let definition = OperatorDefinition("OneHot", since: 9, 11, 28) { node throws(EngineError) in
        OneHot(axis: try node.int("axis", default: -1))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count + 1) else {
            return [.tensor(inputs.elementType(2))]
        }
        shape.insert(Self.depth(inputs[1]), at: axis)
        return [.tensor(inputs.elementType(2), shape)]
    }

    /// The depth, which may be of any number type.
    private static func depth(_ facts: Facts) -> Dimension {
        if let extent = facts.extents?.first { return extent.extent ?? 0 < 0 ? .unknown : extent }
        guard let tensor = facts.constant?.tensor else { return .unknown }
        let real = (try? tensor.array(of: Float.self).first).map { Int(saturating: $0) }
        let depth = real ?? (try? tensor.integers("the depth").first) ?? -1
        return depth < 0 ? .unknown : .fixed(depth)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, values) = (try call.tensor(0), try call.tensor(2))
        guard let depth = try call.cast(call.tensor(1), to: .int64).integers("the depth").first, depth >= 0,
            values.shape.dimensions == [2]
        else { throw EngineError(.shape, "expected a depth from 0 and two values, got values \(values.shape)") }
        let axis = try checkedAxis(axis, rank: input.shape.rank + 1)
        var dimensions = input.shape.dimensions
        dimensions.insert(depth, at: axis)
        let shape = try call.shape(dimensions)
        try call.state.check(values.elementType, shape)
        try call.state.checkScratch(shape.elementCount, of: MemoryLayout<Int>.stride)
        let indices = try call.cast(input, to: .int64).integers("the indices")
        let inner = input.shape.dimensions[axis...].reduce(1, *)
        var offsets = [Int](repeating: 0, count: shape.elementCount)
        for (position, index) in indices.enumerated() {
            let place = index < 0 ? index &+ depth : index
            guard place >= 0, place < depth else { continue }
            offsets[(position / inner * depth + place) * inner + position % inner] = 1
        }
        return [.tensor(try call.moved(values, to: shape, BlockGather(offsets: offsets, length: 1)))]
    }
}
