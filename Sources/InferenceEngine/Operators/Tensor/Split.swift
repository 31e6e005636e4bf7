import Diagnostics
import OnnxIR
import Tensors

/// The input in pieces along an axis: of given lengths, or of equal ones.
struct Split: Operator {
    let axis: Int
    let fixedLengths: [Int]?
    let count: Int

    static let definition = OperatorDefinition("Split", since: 1, 2, 11, 13, 18) { node throws(EngineError) in
        let lengths = try node.ints("split")
        let count = try node.int("num_outputs", default: node.outputCount)
        guard count == node.outputCount else {
            throw .attribute("num_outputs", count, expected: "\(node.outputCount) as the node has outputs")
        }
        return Split(axis: try node.int("axis", default: 0), fixedLengths: lengths, count: count)
    }

    private func lengths(_ given: [Int]?, of extent: Int) -> [Int]? {
        if let given { return given }
        guard count > 0, extent >= 0, extent <= 1 << 40 else { return nil }
        let length = (extent + count - 1) / count
        return (0..<count).map { max(0, min(length, extent - $0 * length)) }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let given = fixedLengths ?? inputs[1].integers
        guard let shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count) else {
            return [Facts](repeating: .tensor(inputs.elementType()), count: count)
        }
        let isKnown = given != nil || (shape[axis].extent != nil && !inputs.has(1))
        let lengths = isKnown ? lengths(given, of: shape[axis].extent ?? 0) : nil
        return (0..<min(lengths?.count ?? count, count)).map { index in
            var piece = shape
            piece[axis] = lengths.map { Dimension.fixed($0[index]) } ?? .unknown
            var facts = Facts.tensor(inputs.elementType(), piece)
            if shape.count == 1, let lengths, let contents = inputs[0].extents, contents.count == lengths.reduce(0, &+),
                lengths.allSatisfy({ $0 >= 0 && $0 <= contents.count })
            {
                let start = lengths[..<index].reduce(0, +)
                facts.extents = Array(contents[start..<(start + lengths[index])])
            }
            return facts
        }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let given = fixedLengths == nil ? try call.integers(1) : fixedLengths
        let extent = input.shape[axis]
        guard let lengths = lengths(given, of: extent), lengths.allSatisfy({ $0 >= 0 && $0 <= extent }),
            lengths.reduce(0, &+) == extent
        else {
            throw EngineError(.shape, "lengths \(given ?? []) do not add up to \(extent), axis \(axis)")
        }
        var start = 0
        var pieces: [Value] = []
        for length in lengths {
            pieces.append(.tensor(try call.part(input, start..<(start + length), axis: axis)))
            start += length
        }
        return pieces
    }
}
