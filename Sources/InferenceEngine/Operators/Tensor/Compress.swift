import OnnxIR
import Tensors

/// The slices along an axis, or the elements of the whole, for which a condition holds.
struct Compress: Operator {
    let axis: Int?

    static let definition = OperatorDefinition("Compress", since: 9, 11, 28) { node throws(EngineError) in
        Compress(axis: try node.int("axis"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let axis else { return [.tensor(inputs.elementType(), [.unknown])] }
        guard var shape = inputs.shape(), let place = normalizedAxis(axis, rank: shape.count) else {
            return [.tensor(inputs.elementType())]
        }
        shape[place] = .unknown
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var input = try call.tensor(0)
        if axis == nil { input = try input.with(shape: .vector(input.shape.elementCount)) }
        let axis = try checkedAxis(axis ?? 0, rank: input.shape.rank)
        let condition = try call.tensor(1).array(of: Bool.self).prefix(input.shape[axis])
        let map = AxisMap.identity(input.shape).selecting(
            condition.indices.filter { condition[$0] },
            axis: axis,
            stride: input.shape.strides[axis]
        )
        return [.tensor(try call.moved(input, to: try call.shape(map.offsets.map(\.count)), map))]
    }
}
