import Diagnostics
import Tensors

extension PickleMachine {
    /// Reads the elements that joblib writes into the stream behind each wrapper, and puts the array in its place.
    ///
    /// *Source*: `NumpyArrayWrapper.read_array` of joblib 0.10 to 1.6.
    mutating func readArray(of wrapper: PickleValue) throws(ModelFormatError) {
        guard let dtype = wrapper["dtype"], let extents = wrapper["shape"]?.elements?.map(\.int) else {
            throw ModelFormatError(.malformed, "an array of joblib has no `dtype` or `shape`")
        }
        let type = try dtype.numPyType()
        guard type != .object else {
            try readObjects(into: wrapper)
            return
        }
        let dimensions = extents.compactMap(\.self)
        guard dimensions.count == extents.count, let shape = Shape(dimensions) else {
            throw ModelFormatError(.malformed, "an array of joblib has a `shape` that is none")
        }
        if let alignment = wrapper["numpy_array_alignment_bytes"], alignment.int != nil {
            let padding = Int(try cursor.byte())
            _ = try cursor.take(padding)
        }
        let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.byteCount)
        guard !overflow else { throw ModelFormatError(.tooLarge, "array \(shape) is too large") }
        let array = try NumPyArray(
            type: type,
            shape: shape,
            isFortranOrder: wrapper["order"]?.string == "F",
            bytes: try cursor.take(byteCount)
        )
        tree.replace(wrapper.index, with: .array(array))
    }

    /// An array of objects is a pickle of its own inside the stream.
    private mutating func readObjects(into wrapper: PickleValue) throws(ModelFormatError) {
        guard nesting < Self.nestingLimit else {
            throw ModelFormatError(.tooDeep, "pickles nest too deep, expected at most \(Self.nestingLimit) levels")
        }
        var machine = PickleMachine(cursor, tree: tree, limits: limits, nesting: nesting + 1)
        let index = try machine.run()
        cursor = machine.cursor
        tree.replace(wrapper.index, with: tree.nodes[index])
    }
}
