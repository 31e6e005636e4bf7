import Diagnostics
import OnnxIR
import Tensors

/// The middle of the input, or the input in the middle of zeros, by the extents that its axes are to have.
struct CenterCropPad: Operator {
    private let axes: [Int]?

    static let definition = OperatorDefinition("CenterCropPad", since: 18) { node throws(EngineError) in
        CenterCropPad(axes: try node.ints("axes"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        let axes = axes ?? Array(shape.indices)
        let extents = inputs[1].extents ?? axes.map { _ in .unknown }
        guard extents.count == axes.count else { return [.tensor(inputs.elementType())] }
        for (axis, extent) in zip(axes, extents) {
            guard let axis = normalizedAxis(axis, rank: shape.count) else { return [.tensor(inputs.elementType())] }
            shape[axis] = extent.extent ?? 0 < 0 ? .unknown : extent
        }
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let extents = try call.tensor(1).integers("the shape")
        let axes = axes ?? Array(0..<input.shape.rank)
        guard extents.count == axes.count else {
            throw EngineError(.shape, "there are \(extents.count) extents, expected \(axes.count)")
        }
        _ = try checkedAxes(axes, rank: input.shape.rank)
        var dimensions = input.shape.dimensions
        for (axis, extent) in zip(axes, extents) { dimensions[try checkedAxis(axis, rank: dimensions.count)] = extent }
        let shape = try call.shape(dimensions)
        try call.checkTables(input.elementType, shape)
        let strides = input.shape.strides
        let offsets = dimensions.indices.map { axis -> AxisOffsets in
            let (extent, wanted) = (input.shape[axis], dimensions[axis])
            // SPEC: of an odd difference the smaller half lies before the middle.
            let first = wanted <= extent ? (extent - wanted) / 2 : -((wanted - extent) / 2)
            return .listed(
                (first..<(first + wanted)).map { $0 < 0 || $0 >= extent ? AxisMap.nowhere : $0 * strides[axis] }
            )
        }
        return [.tensor(try call.moved(input, to: shape, zeroed: true, AxisMap(offsets: offsets)))]
    }
}
