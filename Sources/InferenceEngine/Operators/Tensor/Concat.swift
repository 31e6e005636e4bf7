import Diagnostics
import OnnxIR
import Tensors

/// The inputs one behind the other along an axis.
struct Concat: Operator {
    let axis: Int

    static let definition = OperatorDefinition("Concat", since: 1, 4, 11, 13) { node throws(EngineError) in
        let axis = try node.int("axis")
        return Concat(axis: node.version < 4 ? axis ?? 1 : try node.required("axis", axis))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shapes = (0..<inputs.count).compactMap { inputs.shape($0) }
        guard var result = shapes.first, let axis = normalizedAxis(axis, rank: result.count),
            shapes.allSatisfy({ $0.count == result.count })
        else { return [.tensor(inputs.elementType())] }
        for shape in shapes { result = result.merged(with: shape) }
        let extents = shapes.map { $0[axis] }.filter { $0 != .fixed(0) }
        if shapes.count < inputs.count {
            result[axis] = .unknown
        } else if extents.count == 1 {
            result[axis] = extents[0]
        } else {
            result[axis] = extents.fixed.map { .fixed($0.reduce(0, &+)) } ?? .unknown
        }
        var facts = Facts.tensor(inputs.elementType(), result)
        let contents = (0..<inputs.count).compactMap { inputs[$0].partialExtents }
        let isShape = inputs.elementType() == .int64 || inputs.elementType() == .int32
        if isShape, result.count == 1, contents.count == inputs.count { facts.extents = contents.flatMap { $0 } }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try call.concatenated(call.tensors(), axis: axis))]
    }
}

extension OperatorCall {
    /// Tensors of one type one behind the other along an axis.
    ///
    /// *Throws*: `shape` when they differ along another axis.
    func concatenated(_ inputs: [Tensor], axis: Int) throws(EngineError) -> Tensor {
        guard let first = inputs.first else { throw EngineError(.input, "there is no tensor to put together") }
        let axis = try checkedAxis(axis, rank: first.shape.rank)
        var dimensions = first.shape.dimensions
        dimensions[axis] = 0
        for input in inputs {
            var expected = input.shape.dimensions
            guard input.elementType == first.elementType else {
                throw .elementTypes(first.elementType, input.elementType)
            }
            guard expected.count == dimensions.count else {
                throw EngineError(.shape, "shapes \(first.shape) and \(input.shape) differ outside of axis \(axis)")
            }
            expected[axis] = dimensions[axis]
            guard expected == dimensions else {
                throw EngineError(.shape, "shapes \(first.shape) and \(input.shape) differ outside of axis \(axis)")
            }
            dimensions[axis] += input.shape[axis]
        }
        let shape = try shape(dimensions)
        try state.check(first.elementType, shape)
        let outer = dimensions[..<axis].reduce(1, *)
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        if first.elementType == .string {
            var texts: [String] = []
            let all = try inputs.map { input throws(EngineError) in try input.stringElements() }
            for row in 0..<outer {
                for (input, strings) in zip(inputs, all) {
                    let length = input.shape[axis] * inner
                    texts += strings[(row * length)..<((row + 1) * length)]
                }
            }
            return try .of(strings: texts, shape)
        }
        if first.elementType.isPacked {
            let codes = try inputs.map { input throws(EngineError) in try unpacked(input) }
            return try packed(concatenated(codes, axis: axis), as: first.elementType)
        }
        let size = inner * (first.elementType.bitWidth ?? 0) / 8
        var blocks: [(source: UnsafeRawPointer, length: Int)] = []
        for input in inputs { blocks.append((try input.bytePointer(), input.shape[axis] * size)) }
        return try Tensor.ofBytes(elementType: first.elementType, shape: shape) { bytes in
            guard var target = bytes.baseAddress else { return }
            for row in 0..<outer {
                for block in blocks {
                    target.copyMemory(from: block.source + row * block.length, byteCount: block.length)
                    target += block.length
                }
            }
        }
    }
}
