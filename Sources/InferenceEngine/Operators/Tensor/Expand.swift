import Diagnostics
import OnnxIR
import Tensors

/// The input repeated to the shape that it and the second input broadcast to.
struct Expand: Operator {
    static let definition = OperatorDefinition("Expand", since: 8, 13) { _ throws(EngineError) in Expand() }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), let target = inputs[1].partialExtents,
            target.allSatisfy({ $0.extent ?? 0 >= 0 }),
            zip(shape.reversed(), target.reversed()).allSatisfy({
                $0 == $1 || $0.extent ?? 1 == 1 || $1.extent ?? 1 == 1
            })
        else {
            return [.tensor(inputs.elementType())]
        }
        var facts = Facts.tensor(inputs.elementType(), shape.broadcast(with: target))
        if let result = facts.shape, result.count <= 1, let count = result.fixed?.reduce(1, *),
            count <= Facts.largestExtentCount, let extents = inputs[0].extents
        {
            facts.extents = extents.count == 1 ? [Dimension](repeating: extents[0], count: count) : extents
        }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let wanted = try call.shape(call.tensor(1).integers("the shape"))
        guard let shape = input.shape.broadcast(with: wanted) else {
            throw EngineError(.shape, "shapes \(input.shape) and \(wanted) do not broadcast")
        }
        return [.tensor(try call.expanded(input, to: shape))]
    }
}

extension OperatorCall {
    /// The tensor repeated along axes of extent 1 to a shape that it broadcasts to.
    func expanded(_ input: Tensor, to shape: Shape) throws(EngineError) -> Tensor {
        guard input.shape != shape else { return input }
        try state.check(input.elementType, shape)
        let padding = shape.rank - input.shape.rank
        let strides = input.shape.strides
        let offsets = (0..<shape.rank).map { axis in
            let isRepeated = axis < padding || input.shape[axis - padding] == 1
            return AxisOffsets.strided(start: 0, step: isRepeated ? 0 : strides[axis - padding], count: shape[axis])
        }
        return try moved(input, to: shape, AxisMap(offsets: offsets))
    }
}
