import Diagnostics
import OnnxIR
import Tensors

/// The largest or smallest elements along an axis, with their indices; of equal ones the first come first.
struct TopK: Operator {
    let axis: Int
    let fixedCount: Int?
    let findsLargest: Bool

    static let definition = OperatorDefinition("TopK", since: 1, 10, 11, 24, halves: .widened) {
        node throws(EngineError) in
        let count = try node.int("k")
        return TopK(
            axis: try node.int("axis", default: -1),
            fixedCount: node.version < 10 ? try node.required("k", count) : nil,
            findsLargest: try node.bool("largest", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count) else {
            return [.tensor(inputs.elementType()), .tensor(.int64)]
        }
        shape[axis] = (fixedCount ?? inputs[1].integers?.first).map { .fixed(max(0, $0)) } ?? .unknown
        return [.tensor(inputs.elementType(), shape), .tensor(.int64, shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let given = fixedCount == nil ? try call.integers(1)?.first : fixedCount
        guard let count = given, count >= 0, count <= input.shape[axis] else {
            throw EngineError(
                .value,
                "k is \(given.map(String.init) ?? "missing"), expected 0 to \(input.shape[axis]), the extent of axis \(axis)"
            )
        }
        switch input.elementType {
        case .float: return try compute(Float.self, input, axis, count, call)
        case .double: return try compute(Double.self, input, axis, count, call)
        case .int8: return try compute(Int8.self, input, axis, count, call)
        case .int16: return try compute(Int16.self, input, axis, count, call)
        case .int32: return try compute(Int32.self, input, axis, count, call)
        case .int64: return try compute(Int64.self, input, axis, count, call)
        case .uint8: return try compute(UInt8.self, input, axis, count, call)
        case .uint16: return try compute(UInt16.self, input, axis, count, call)
        case .uint32: return try compute(UInt32.self, input, axis, count, call)
        case .uint64: return try compute(UInt64.self, input, axis, count, call)
        default: throw .elementType(input.elementType, expected: "a number type")
        }
    }

    private func compute<Element: WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ axis: Int,
        _ count: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let source = try input.pointer(type)
        let walk = ReductionWalk(input.shape, axes: [axis], keepsAxes: true)
        var dimensions = input.shape.dimensions
        dimensions[axis] = count
        let shape = try call.shape(dimensions)
        let starts = ReductionWalk(shape, axes: [axis], keepsAxes: true)
        try call.state.check(.int64, shape)
        try call.state.checkScratch(
            walk.reduced.count + walk.kept.count * (count + 5),
            of: MemoryLayout<Int>.stride
        )
        var orders: [[Int]] = []
        for start in walk.kept {
            let order = walk.reduced.indices.sorted { left, right in
                let (x, y) = (source[start + walk.reduced[left]], source[start + walk.reduced[right]])
                if x == y { return left < right }
                return findsLargest ? x > y || (x != x && y == y) : x < y || (y != y && x == x)
            }
            orders.append(Array(order.prefix(count)))
        }
        let values = try call.tensor(of: type, shape) { target in
            for (index, order) in orders.enumerated() where count > 0 {
                for (step, place) in zip(starts.reduced, order) {
                    target[starts.kept[index] + step] = source[walk.kept[index] + walk.reduced[place]]
                }
            }
        }
        let indices = try call.tensor(of: Int64.self, shape) { target in
            for (index, order) in orders.enumerated() where count > 0 {
                for (step, place) in zip(starts.reduced, order) { target[starts.kept[index] + step] = Int64(place) }
            }
        }
        return [.tensor(values), .tensor(indices)]
    }
}
