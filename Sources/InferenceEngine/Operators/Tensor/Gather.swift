import Diagnostics
import OnnxIR
import Tensors

/// Slices of the input along an axis by their indices, which may be negative.
struct Gather: Operator {
    let axis: Int

    static let definition = OperatorDefinition("Gather", since: 1, 11, 13) { node throws(EngineError) in
        Gather(axis: try node.int("axis", default: 0))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), let indices = inputs.shape(1),
            let axis = normalizedAxis(axis, rank: shape.count)
        else { return [.tensor(inputs.elementType())] }
        var facts = Facts.tensor(inputs.elementType(), shape[..<axis] + indices + shape[(axis + 1)...])
        if shape.count == 1, let contents = inputs[0].extents, let picked = inputs[1].integers, indices.count <= 1 {
            let known = picked.compactMap { normalizedAxis($0, rank: contents.count).map { contents[$0] } }
            if known.count == picked.count { facts.extents = known }
        }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices) = (try call.tensor(0), try call.tensor(1))
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let picked = try call.checkedIndices(indices, extent: input.shape[axis])
        let map = AxisMap.identity(input.shape).selecting(picked, axis: axis, stride: input.shape.strides[axis])
        let dimensions = input.shape.dimensions
        let shape = try call.shape(dimensions[..<axis] + indices.shape.dimensions + dimensions[(axis + 1)...])
        return [.tensor(try call.moved(input, to: shape, map))]
    }
}

extension OperatorCall {
    /// Indices into an axis, counted from the end when negative.
    ///
    /// *Throws*: `index` when one is out of range.
    func checkedIndices(_ indices: Tensor, extent: Int) throws(EngineError) -> [Int] {
        var checked = try indices.integers("the indices")
        for position in checked.indices {
            let index = checked[position]
            guard index >= -extent, index < extent else {
                throw EngineError(.index, "index \(index) is out of range, expected \(-extent) to \(extent - 1)")
            }
            if index < 0 { checked[position] = index + extent }
        }
        return checked
    }
}
