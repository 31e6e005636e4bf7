import Glibc
import OnnxIR
import Tensors

/// One number from the elements along some axes: the `Reduce…` operators.
///
/// The axes are an attribute in older versions and an input in newer ones; without any, all axes are reduced, or none
/// when `noop_with_empty_axes` is set.
struct Reduce: Operator {
    enum Form: Sendable {
        case l1
        case l2
        case logSum
        case logSumExp
        case max
        case mean
        case min
        case prod
        case sum
        case sumSquare
    }

    let form: Form
    let fixedAxes: [Int]?
    let keepsAxes: Bool
    let ignoresEmptyAxes: Bool

    static let l1 = define("ReduceL1", .l1, [1, 11, 13, 18])
    static let l2 = define("ReduceL2", .l2, [1, 11, 13, 18])
    static let logSum = define("ReduceLogSum", .logSum, [1, 11, 13, 18, 28])
    static let logSumExp = define("ReduceLogSumExp", .logSumExp, [1, 11, 13, 18, 28])
    static let max = define("ReduceMax", .max, [1, 11, 12, 13, 18, 20])
    static let mean = define("ReduceMean", .mean, [1, 11, 13, 18])
    static let min = define("ReduceMin", .min, [1, 11, 12, 13, 18, 20])
    static let prod = define("ReduceProd", .prod, [1, 11, 13, 18])
    static let sum = define("ReduceSum", .sum, [1, 11, 13])
    static let sumSquare = define("ReduceSumSquare", .sumSquare, [1, 11, 13, 18])

    private static func define(_ name: String, _ form: Form, _ versions: [Int]) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            Reduce(
                form: form,
                fixedAxes: try node.ints("axes"),
                keepsAxes: try node.bool("keepdims", default: true),
                ignoresEmptyAxes: try node.bool("noop_with_empty_axes", default: false)
            )
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let unknown = Facts.tensor(inputs.elementType())
        guard let shape = inputs.shape(), !inputs.has(1) || inputs[1].integers != nil,
            let axes = try? axes(fixedAxes ?? inputs[1].integers, rank: shape.count)
        else { return [unknown] }
        var result: [Dimension] = []
        for axis in shape.indices {
            if !axes.contains(axis) { result.append(shape[axis]) } else if keepsAxes { result.append(.fixed(1)) }
        }
        return [.tensor(inputs.elementType(), result)]
    }

    func axes(_ given: [Int]?, rank: Int) throws(EngineError) -> [Int] {
        guard let given, !given.isEmpty else { return ignoresEmptyAxes ? [] : Array(0..<rank) }
        return try checkedAxes(given, rank: rank)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let given = fixedAxes == nil ? try call.integers(1) : fixedAxes
        let axes = try axes(given, rank: input.shape.rank)
        let walk = ReductionWalk(input.shape, axes: axes, keepsAxes: keepsAxes)
        let shape = try call.shape(walk.dimensions)
        return [.tensor(try compute(input, walk, shape, call))]
    }

    private func compute(
        _ input: Tensor,
        _ walk: ReductionWalk,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        switch input.elementType {
        case .float: return try real(Float.self, input, walk, shape, call)
        case .double: return try real(Double.self, input, walk, shape, call)
        case .int8: return try integer(Int8.self, input, walk, shape, call)
        case .int32: return try integer(Int32.self, input, walk, shape, call)
        case .int64: return try integer(Int64.self, input, walk, shape, call)
        case .uint8: return try integer(UInt8.self, input, walk, shape, call)
        case .uint32: return try integer(UInt32.self, input, walk, shape, call)
        case .uint64: return try integer(UInt64.self, input, walk, shape, call)
        case .bool:
            let bytes = try compute(call.cast(input, to: .uint8), walk, shape, call)
            return try call.cast(bytes, to: .bool)
        default: throw .elementType(input.elementType, expected: "a number type of 8, 32 or 64 bits")
        }
    }

    private func real<Element: RealElement & WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ walk: ReductionWalk,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        return try call.tensor(of: type, shape) { target in
            for (index, start) in walk.kept.enumerated() {
                target[index] = Element(reduce(source + start, walk.reduced))
            }
        }
    }

    /// NUMERICS: sums are kept in `Double`, so that their order does not matter at the precision of `Float`.
    private func reduce<Element: RealElement>(_ x: UnsafePointer<Element>, _ offsets: StridedOffsets) -> Double {
        var sum = 0.0
        switch form {
        case .sum: for offset in offsets { sum += Double(x[offset]) }
        case .mean:
            for offset in offsets { sum += Double(x[offset]) }
            return sum / Double(offsets.count)
        case .l1: for offset in offsets { sum += Double(x[offset].magnitude) }
        case .l2, .sumSquare:
            for offset in offsets { sum += Double(x[offset]) * Double(x[offset]) }
            return form == .l2 ? sum.squareRoot() : sum
        case .logSum:
            for offset in offsets { sum += Double(x[offset]) }
            return Double.log(sum)
        case .logSumExp:
            var largest = -Double.infinity
            for offset in offsets { largest = Max.apply(Double(x[offset]), largest) }
            guard largest.isFinite else { return largest }
            for offset in offsets { sum += Double.exp(Double(x[offset]) - largest) }
            return largest + Double.log(sum)
        case .prod:
            sum = 1
            for offset in offsets { sum *= Double(x[offset]) }
        case .max:
            sum = -Double.infinity
            for offset in offsets { sum = x[offset].isNaN || Double(x[offset]) > sum ? Double(x[offset]) : sum }
        case .min:
            sum = Double.infinity
            for offset in offsets { sum = x[offset].isNaN || Double(x[offset]) < sum ? Double(x[offset]) : sum }
        }
        return sum
    }

    private func integer<Element: FixedWidthInteger & WrappingNumber & CastElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ walk: ReductionWalk,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        return try call.tensor(of: type, shape) { target in
            for (index, start) in walk.kept.enumerated() {
                target[index] = reduceIntegers(source + start, walk.reduced)
            }
        }
    }

    private func reduceIntegers<Element: FixedWidthInteger & CastElement>(
        _ x: UnsafePointer<Element>,
        _ offsets: StridedOffsets
    ) -> Element {
        var sum: Element = 0
        switch form {
        case .sum: for offset in offsets { sum = sum &+ x[offset] }
        case .l1: for offset in offsets { sum = sum &+ (x[offset] < 0 ? 0 &- x[offset] : x[offset]) }
        case .sumSquare: for offset in offsets { sum = sum &+ x[offset] &* x[offset] }
        case .prod:
            sum = 1
            for offset in offsets { sum = sum &* x[offset] }
        case .max:
            sum = .min
            for offset in offsets { sum = Swift.max(sum, x[offset]) }
        case .min:
            sum = .max
            for offset in offsets { sum = Swift.min(sum, x[offset]) }
        case .mean:
            var total = 0.0
            for offset in offsets { total += Double(x[offset]) }
            return Element.cast(total / Double(offsets.count))
        case .l2:
            var total = 0.0
            for offset in offsets { total += Double(x[offset]) * Double(x[offset]) }
            return Element.cast(total.squareRoot())
        case .logSum, .logSumExp:
            var total = 0.0
            for offset in offsets { total += form == .logSum ? Double(x[offset]) : Double.exp(Double(x[offset])) }
            return Element.cast(Double.log(total))
        }
        return sum
    }
}
