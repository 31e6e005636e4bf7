import OnnxIR
import Tensors

/// The elements, or the slices along an axis, that differ, with where they first stand, where each one went, and counts.
struct Unique: Operator {
    let axis: Int?
    let isSorted: Bool
    /// Stands for how many differ.
    let symbol: String

    static let definition = OperatorDefinition("Unique", since: 11, 28) { node throws(EngineError) in
        Unique(
            axis: try node.int("axis"),
            isSorted: try node.bool("sorted", default: true),
            symbol: node.symbol
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let count = Dimension.symbol(symbol)
        var values: [Dimension]? = axis == nil ? [count] : nil
        var length = axis == nil ? inputs.shape()?.product ?? .unknown : .unknown
        if let axis, var shape = inputs.shape(), let place = normalizedAxis(axis, rank: shape.count) {
            length = shape[place]
            shape[place] = count
            values = shape
        }
        return [.tensor(inputs.elementType(), values)] + [count, length, count].map { .tensor(.int64, [$0]) }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var input = try call.tensor(0)
        if axis == nil { input = try input.with(shape: .vector(input.shape.elementCount)) }
        let axis = try checkedAxis(axis ?? 0, rank: input.shape.rank)
        let groups = try groups(input, axis, call)
        let map = AxisMap.identity(input.shape).selecting(
            groups.firsts,
            axis: axis,
            stride: input.shape.strides[axis]
        )
        return [
            .tensor(try call.moved(input, to: try call.shape(map.offsets.map(\.count)), map)),
            .tensor(try .of(groups.firsts.map { Int64($0) })),
            .tensor(try .of(groups.inverse.map { Int64($0) })),
            .tensor(try .of(groups.counts.map { Int64($0) })),
        ]
    }

    /// What an element takes as a number, and again in its slice.
    private static let elementByteCount = 32
    /// What a slice takes: its array, its place in the table of those that differ, and in the lists of `Groups`.
    private static let sliceByteCount = 160

    private struct Groups {
        var firsts: [Int] = []
        var inverse: [Int] = []
        var counts: [Int] = []
    }

    private func groups(_ input: Tensor, _ axis: Int, _ call: OperatorCall) throws(EngineError) -> Groups {
        let walk = ReductionWalk(input.shape, axes: [axis], keepsAxes: true)
        try call.state.checkScratch(input.shape.elementCount, of: Self.elementByteCount)
        try call.state.checkScratch(walk.reduced.count, of: Self.sliceByteCount)
        if let texts = input.strings { return group(texts.map { ExactText($0) }, walk) }
        switch input.elementType {
        case .int8, .int16, .int32, .int64, .bool, .uint8, .uint16, .uint32:
            return group(try input.integers("the input"), walk)
        case .uint64: return group(try input.array(of: UInt64.self), walk)
        case .complex64, .complex128:
            let parts = try call.cast(input.complexParts() ?? input, to: .double).array(of: Double.self)
            return group(parts, walk, partCount: 2)
        default: return group(try call.cast(input, to: .double).array(of: Double.self), walk)
        }
    }

    private func group<Element: Hashable & Comparable>(
        _ elements: [Element],
        _ walk: ReductionWalk,
        partCount: Int = 1
    ) -> Groups {
        let slices = walk.reduced.map { step in
            walk.kept.flatMap { start in (0..<partCount).map { elements[(start + step) * partCount + $0] } }
        }
        var numbers: [[Element]: Int] = [:]
        var groups = Groups()
        for (index, slice) in slices.enumerated() {
            let number = numbers[slice] ?? groups.firsts.count
            if number == groups.firsts.count {
                numbers[slice] = number
                groups.firsts.append(index)
                groups.counts.append(0)
            }
            groups.counts[number] += 1
            groups.inverse.append(number)
        }
        guard isSorted else { return groups }
        let order = groups.firsts.indices.sorted {
            slices[groups.firsts[$0]].lexicographicallyPrecedes(slices[groups.firsts[$1]])
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, number) in order.enumerated() { places[number] = place }
        return Groups(
            firsts: order.map { groups.firsts[$0] },
            inverse: groups.inverse.map { places[$0] },
            counts: order.map { groups.counts[$0] }
        )
    }
}
