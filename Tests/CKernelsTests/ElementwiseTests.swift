import CKernels
import Glibc
import Testing

/// The kernels of `ck_elementwise.h` that this file tests.
let elementwiseKernels = [
    "f32_map", "f32_binary", "f32_compare", "f32_where", "f32_to_f16", "f16_to_f32", "f32_to_bf16", "bf16_to_f32",
]

/// A function of the table with its definition in double precision.
struct MappedFunction: CustomTestStringConvertible, Sendable {
    let name: String
    let function: ck_function
    var alpha: Float = 0
    var beta: Float = 0
    var range: ClosedRange<Float> = -30...30
    var absolute = 0.0
    let definition: @Sendable (Double) -> Double
    var testDescription: String { name }

    static let all: [MappedFunction] = [
        .init(name: "identity", function: CK_IDENTITY) { $0 },
        .init(name: "relu", function: CK_RELU) { $0.isNaN ? $0 : Swift.max(0, $0) },
        .init(name: "clip", function: CK_CLIP, alpha: -2, beta: 3) { $0.isNaN ? $0 : Swift.min(3, Swift.max(-2, $0)) },
        .init(name: "leaky relu", function: CK_LEAKY_RELU, alpha: 0.25) { $0 < 0 ? 0.25 * $0 : $0 },
        .init(name: "elu", function: CK_ELU, alpha: 1.5) { $0 < 0 ? 1.5 * expm1($0) : $0 },
        .init(name: "selu", function: CK_SELU, alpha: 1.75, beta: 1.125) { 1.125 * ($0 > 0 ? $0 : 1.75 * expm1($0)) },
        .init(name: "celu", function: CK_CELU, alpha: 2) { $0 > 0 ? $0 : 2 * expm1($0 / 2) },
        .init(name: "sigmoid", function: CK_SIGMOID, range: -85...30) { 1 / (1 + exp(-$0)) },
        .init(name: "tanh", function: CK_TANH, range: -12...12) { tanh($0) },
        .init(name: "silu", function: CK_SILU, range: -80...80) { $0 / (1 + exp(-$0)) },
        .init(name: "swish", function: CK_SWISH, alpha: 0.5) { $0 / (1 + exp(-0.5 * $0)) },
        .init(name: "mish", function: CK_MISH, absolute: 1e-7) { $0 * tanh($0 > 100 ? $0 : log1p(exp($0))) },
        .init(name: "softplus", function: CK_SOFTPLUS) { Swift.max($0, 0) + log1p(exp(-abs($0))) },
        .init(name: "softsign", function: CK_SOFTSIGN) { $0 / (1 + abs($0)) },
        .init(name: "gelu", function: CK_GELU, range: -14...14, absolute: 1e-7) {
            0.5 * $0 * erfc(-$0 / 2.0.squareRoot())
        },
        .init(name: "gelu by tanh", function: CK_GELU_TANH, range: -9...9, absolute: 1e-7) {
            0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        },
        .init(name: "hard sigmoid", function: CK_HARD_SIGMOID, alpha: 0.25, beta: 0.5, absolute: 1e-7) {
            $0.isNaN ? $0 : Swift.max(0, Swift.min(1, 0.25 * $0 + 0.5))
        },
        .init(name: "hard swish", function: CK_HARD_SWISH, absolute: 1e-6) {
            $0.isNaN ? $0 : $0 * Swift.max(0, Swift.min(1, $0 / 6 + 0.5))
        },
        .init(name: "thresholded relu", function: CK_THRESHOLDED_RELU, alpha: 1) { $0 > 1 ? $0 : 0 },
        .init(name: "exp", function: CK_EXP, range: -106...90) { exp($0) },
        .init(name: "log", function: CK_LOG, range: 0...10) { log($0) },
        .init(name: "sqrt", function: CK_SQRT, range: 0...1000) { $0.squareRoot() },
        .init(name: "reciprocal", function: CK_RECIPROCAL) { 1 / $0 },
        .init(name: "erf", function: CK_ERF, range: -5...5) { erf($0) },
        .init(name: "abs", function: CK_ABS) { abs($0) },
        .init(name: "neg", function: CK_NEG) { -$0 },
        .init(name: "floor", function: CK_FLOOR) { $0.rounded(.down) },
        .init(name: "ceil", function: CK_CEIL) { $0.rounded(.up) },
        .init(name: "round", function: CK_ROUND) { $0.rounded(.toNearestOrEven) },
        .init(name: "sin", function: CK_SIN, range: -3000...3000) { sin($0) },
        .init(name: "cos", function: CK_COS, range: -3000...3000) { cos($0) },
        .init(name: "affine", function: CK_AFFINE, alpha: 1.5, beta: 0.75, absolute: 3e-6) { 1.5 * $0 + 0.75 },
    ]

    var activation: ck_activation { ck_activation(function: function, alpha: alpha, beta: beta) }

    /// Whether a result is within the tolerance: 2.5 ulp (3 without fused multiplication), or `absolute`.
    func accepts(_ got: Float, at x: Float, portable: Bool) -> Bool {
        let exact = definition(Double(x))
        let expected = Float(exact)
        if exact.isNaN { return got.isNaN }
        if expected.isInfinite { return got == expected }
        let unit = Swift.max(Double(expected.ulp), Double(Float.leastNonzeroMagnitude))
        return abs(Double(got) - exact) <= Swift.max(absolute, (portable ? 3 : 2.5) * unit)
    }
}

@Test("each function is within a few ulp of its definition", arguments: Kernels.available, MappedFunction.all)
func mappedFunctionsAreAccurate(_ kernels: Kernels, _ function: MappedFunction) {
    var random = SeededGenerator(seed: 1)
    var values = random.floats(60_000, in: function.range)
    values += random.floats(20_000, in: Swift.max(-1, function.range.lowerBound)...1)
    values += (0..<5000).map { Float(sign: .plus, exponent: -$0 / 35, significand: 1.37) }
    var results = values
    var activation = function.activation
    kernels.table.f32_map(values, &results, values.count, &activation, nil)
    let wrong = zip(values, results).filter {
        !function.accepts($1, at: $0, portable: kernels.table.isa == CK_PORTABLE)
    }
    let worst = wrong.first.map { "f(\($0.0)) = \($0.1), expected \(function.definition(Double($0.0)))" }
    #expect(wrong.isEmpty, "\(wrong.count) are wrong, the first: \(worst ?? "")")
}

@Test("infinities, zeros and NaN map as IEEE has them", arguments: Kernels.available)
func specialsMap(_ kernels: Kernels) {
    let inf = Float.infinity
    let nan = Float.nan
    let values: [Float] = [inf, -inf, nan, 0, -0.0, 1e30, -1e30, Float(bitPattern: 0x7f80_0001)]
    let expected: [(ck_function, [Float])] = [
        (CK_RELU, [inf, 0, nan, 0, 0, 1e30, 0, nan]),
        (CK_SIGMOID, [1, 0, nan, 0.5, 0.5, 1, 0, nan]),
        (CK_TANH, [1, -1, nan, 0, 0, 1, -1, nan]),
        (CK_EXP, [inf, 0, nan, 1, 1, inf, 0, nan]),
        (CK_LOG, [inf, nan, nan, -inf, -inf, 69.07755, nan, nan]),
        (CK_SQRT, [inf, nan, nan, 0, 0, 1e15, nan, nan]),
        (CK_ERF, [1, -1, nan, 0, 0, 1, -1, nan]),
        (CK_GELU, [inf, nan, nan, 0, 0, 1e30, 0, nan]),
        (CK_SOFTPLUS, [inf, 0, nan, 0.6931472, 0.6931472, 1e30, 0, nan]),
        (CK_FLOOR, [inf, -inf, nan, 0, 0, 1e30, -1e30, nan]),
        (CK_ROUND, [inf, -inf, nan, 0, 0, 1e30, -1e30, nan]),
        (CK_SIN, [nan, nan, nan, 0, 0, sin(1e30), sin(-1e30), nan]),
        (CK_COS, [nan, nan, nan, 1, 1, cos(1e30), cos(-1e30), nan]),
        (CK_ABS, [inf, inf, nan, 0, 0, 1e30, 1e30, nan]),
        (CK_RECIPROCAL, [0, 0, nan, inf, -inf, 1e-30, -1e-30, nan]),
    ]
    for (function, results) in expected {
        var activation = ck_activation(function: function, alpha: 0, beta: 0)
        var got = values
        kernels.table.f32_map(values, &got, values.count, &activation, nil)
        for (index, result) in results.enumerated() {
            let same = result.isNaN ? got[index].isNaN : abs(got[index] - result) <= result.ulp || got[index] == result
            #expect(same, "function \(function.rawValue) of \(values[index]): \(got[index]), expected \(result)")
        }
    }
}

@Test("a map touches nothing beside its elements, in place too", arguments: Kernels.available)
func mapsStayInside(_ kernels: Kernels) {
    var activation = ck_activation(function: CK_RELU, alpha: 0, beta: 0)
    for count in 0..<70 {
        for side in GuardedBuffer<Float>.Guard.allCases {
            var random = SeededGenerator(seed: UInt64(count + 1))
            let x = GuardedBuffer(random.floats(count), guarding: side)
            let y = GuardedBuffer([Float](repeating: 7, count: count), guarding: side)
            kernels.table.f32_map(x.base, y.base, count, &activation, nil)
            #expect(y.values == x.values.map { Swift.max(0, $0) })
            kernels.table.f32_map(x.base, x.base, count, &activation, nil)
            #expect(y.values == x.values)
        }
    }
}

/// Sizes of a result and the strides of its operands.
struct BroadcastCase: CustomTestStringConvertible, Sendable {
    let sizes: [Int]
    let strides: [[Int]]
    var testDescription: String { "\(sizes) \(strides)" }
    var count: Int { sizes.reduce(1, *) }

    var shape: ck_broadcast {
        var shape = ck_broadcast()
        shape.rank = sizes.count
        withUnsafeMutableBytes(of: &shape.sizes) { raw in
            let to = raw.bindMemory(to: Int.self)
            for axis in sizes.indices { to[axis] = sizes[axis] }
        }
        withUnsafeMutableBytes(of: &shape.strides) { raw in
            let to = raw.bindMemory(to: Int.self)
            for (operand, steps) in strides.enumerated() {
                for axis in steps.indices { to[operand * CK_BROADCAST_RANK + axis] = steps[axis] }
            }
        }
        return shape
    }

    /// The place in an operand of each element of the result.
    func places(_ operand: Int) -> [Int] {
        (0..<count).map { flat in
            var rest = flat
            var place = 0
            for axis in sizes.indices.reversed() {
                place += rest % sizes[axis] * strides[operand][axis]
                rest /= sizes[axis]
            }
            return place
        }
    }

    /// The elements that an operand has to have.
    func extent(_ operand: Int) -> Int {
        count == 0 ? 0 : zip(sizes, strides[operand]).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    }

    static let all: [BroadcastCase] = [
        .init(sizes: [], strides: [[], [], []]),
        .init(sizes: [0], strides: [[1], [1], [1]]),
        .init(sizes: [1], strides: [[1], [0], [1]]),
        .init(sizes: [37], strides: [[1], [1], [1]]),
        .init(sizes: [37], strides: [[1], [0], [0]]),
        .init(sizes: [41], strides: [[0], [1], [0]]),
        .init(sizes: [41], strides: [[0], [0], [1]]),
        .init(sizes: [7, 19], strides: [[19, 1], [0, 1], [0, 0]]),
        .init(sizes: [7, 19], strides: [[19, 1], [1, 0], [0, 1]]),
        .init(sizes: [5, 6], strides: [[1, 5], [6, 1], [1, 0]]),
        .init(sizes: [3, 300], strides: [[0, 2], [300, 1], [1, 0]]),
        .init(sizes: [2, 3, 4, 5], strides: [[60, 20, 5, 1], [0, 5, 0, 1], [20, 0, 5, 1]]),
        .init(sizes: [2, 1, 3, 2, 2, 3], strides: [[36, 0, 12, 6, 3, 1], [0, 0, 1, 0, 0, 0], [2, 0, 0, 0, 1, 0]]),
        .init(sizes: [2, 5000], strides: [[5000, 1], [0, 1], [1, 0]]),
    ]
}

struct BinaryOperation: CustomTestStringConvertible, Sendable {
    let name: String
    let operation: ck_binary
    let definition: @Sendable (Float, Float) -> Float
    var testDescription: String { name }

    static let all: [BinaryOperation] = [
        .init(name: "add", operation: CK_BINARY_ADD) { $0 + $1 },
        .init(name: "sub", operation: CK_BINARY_SUB) { $0 - $1 },
        .init(name: "mul", operation: CK_BINARY_MUL) { $0 * $1 },
        .init(name: "div", operation: CK_BINARY_DIV) { $0 / $1 },
        .init(name: "min", operation: CK_BINARY_MIN) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) },
        .init(name: "max", operation: CK_BINARY_MAX) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) },
        .init(name: "pow", operation: CK_BINARY_POW) { Float(pow(Double($0), Double($1))) },
        .init(name: "prelu", operation: CK_BINARY_PRELU) { $0 < 0 ? $0 * $1 : $0 },
        .init(name: "fmod", operation: CK_BINARY_FMOD) { fmodf($0, $1) },
        .init(name: "mod", operation: CK_BINARY_MOD) { a, b in
            let rest = fmod(Double(a), Double(b))
            return rest != 0 && (rest < 0) != (b < 0) ? Float(rest) + b : Float(rest)
        },
    ]
}

private func isNear(_ got: Float, _ expected: Float, ulps: Float = 2) -> Bool {
    expected.isNaN ? got.isNaN : got == expected || abs(got - expected) <= ulps * expected.ulp
}

@Test("operations broadcast as their strides say", arguments: Kernels.available, BroadcastCase.all)
func binariesBroadcast(_ kernels: Kernels, _ broadcast: BroadcastCase) {
    var random = SeededGenerator(seed: 3)
    var shape = broadcast.shape
    for side in GuardedBuffer<Float>.Guard.allCases {
        let a = GuardedBuffer(random.floats(broadcast.extent(0), in: -4...4), guarding: side)
        let b = GuardedBuffer(random.floats(broadcast.extent(1), in: -4...4), guarding: side)
        if broadcast.count > 2 { a.base[1 % a.elements.count] = .nan }
        let y = GuardedBuffer([Float](repeating: 9, count: broadcast.count), guarding: side)
        let pairs = zip(broadcast.places(0), broadcast.places(1)).map { (a.base[$0], b.base[$1]) }
        for operation in BinaryOperation.all {
            kernels.table.f32_binary(operation.operation, &shape, a.base, b.base, nil, y.base, nil)
            let right = zip(y.values, pairs).allSatisfy { isNear($0, operation.definition($1.0, $1.1)) }
            #expect(right, "\(operation.name)")
        }
        var relu = ck_activation(function: CK_RELU, alpha: 0, beta: 0)
        kernels.table.f32_binary(CK_BINARY_SUB, &shape, a.base, b.base, &relu, y.base, nil)
        let sums = pairs.map { $0 - $1 }
        #expect(zip(y.values, sums).allSatisfy { isNear($0, $1.isNaN ? $1 : Swift.max(0, $1)) })
    }
}

@Test("comparisons and choices broadcast as their strides say", arguments: Kernels.available, BroadcastCase.all)
func comparisonsBroadcast(_ kernels: Kernels, _ broadcast: BroadcastCase) {
    let definitions: [(ck_comparison, (Float, Float) -> Bool)] = [
        (CK_COMPARISON_EQUAL, { $0 == $1 }), (CK_COMPARISON_LESS, { $0 < $1 }),
        (CK_COMPARISON_LESS_OR_EQUAL, { $0 <= $1 }), (CK_COMPARISON_GREATER, { $0 > $1 }),
        (CK_COMPARISON_GREATER_OR_EQUAL, { $0 >= $1 }),
    ]
    var random = SeededGenerator(seed: 4)
    var shape = broadcast.shape
    for side in GuardedBuffer<Float>.Guard.allCases {
        func whole(_ operand: Int) -> [Float] {
            (0..<broadcast.extent(operand)).map { _ in [-1, 0, 1, .nan].randomElement(using: &random) ?? 0 }
        }
        let a = GuardedBuffer(whole(0), guarding: side)
        let b = GuardedBuffer(whole(1), guarding: side)
        let flags = GuardedBuffer([UInt8](repeating: 9, count: broadcast.count))
        for (comparison, definition) in definitions {
            kernels.table.f32_compare(comparison, &shape, a.base, b.base, flags.base, nil)
            let expected = zip(broadcast.places(0), broadcast.places(1)).map {
                definition(a.base[$0], b.base[$1]) ? UInt8(1) : 0
            }
            #expect(flags.values == expected)
        }
        let condition = GuardedBuffer(
            (0..<broadcast.extent(0)).map { _ in UInt8.random(in: 0...2, using: &random) }
        )
        let c = GuardedBuffer(random.floats(broadcast.extent(1)), guarding: side)
        let d = GuardedBuffer(random.floats(broadcast.extent(2)), guarding: side)
        let y = GuardedBuffer([Float](repeating: 9, count: broadcast.count), guarding: side)
        kernels.table.f32_where(&shape, condition.base, c.base, d.base, y.base, nil)
        let expected = zip(broadcast.places(0), zip(broadcast.places(1), broadcast.places(2))).map {
            condition.base[$0] != 0 ? c.base[$1.0] : d.base[$1.1]
        }
        #expect(y.values == expected)
    }
}

@Test("powers with simple exponents follow pow", arguments: Kernels.available)
func simplePowers(_ kernels: Kernels) {
    let values: [Float] = [0, -0.0, 1, -1.5, 2.25, .infinity, -.infinity, .nan, 1e-30, 7, -3]
    var shape = BroadcastCase(sizes: [values.count], strides: [[1], [0], [0]]).shape
    for exponent: Float in [1, -1, 2, 3, 0.5, 0, 1.7] {
        var results = values
        kernels.table.f32_binary(CK_BINARY_POW, &shape, values, [exponent], nil, &results, nil)
        for (value, result) in zip(values, results) {
            #expect(isNear(result, Float(pow(Double(value), Double(exponent)))), "\(value)^\(exponent)")
        }
    }
}

@Test("halves widen exactly and floats narrow to the nearest, to even", arguments: Kernels.available)
func halvesConvert(_ kernels: Kernels) {
    let all = GuardedBuffer((0...UInt16.max).map { $0 })
    let wide = GuardedBuffer([Float](repeating: 0, count: all.elements.count))
    kernels.table.f16_to_f32(all.base, wide.base, all.elements.count, nil)
    for (half, float) in zip(all.values, wide.values) {
        let exponent = Int(half >> 10 & 31)
        let fraction = Double(half & 1023) / 1024
        let size =
            exponent == 31
            ? (fraction == 0 ? Double.infinity : .nan)
            : exponent == 0 ? fraction * exp2(-14) : (1 + fraction) * exp2(Double(exponent - 15))
        let expected = half >> 15 == 1 ? -size : size
        #expect(expected.isNaN ? float.isNaN : Double(float) == expected)
    }
    let back = GuardedBuffer([UInt16](repeating: 0, count: all.elements.count))
    kernels.table.f32_to_f16(wide.base, back.base, all.elements.count, nil)
    #expect(
        zip(all.values, back.values).allSatisfy {
            $0 & 0x7c00 == 0x7c00 && $0 & 0x3ff != 0 ? $1 & 0x3ff != 0 : $0 == $1
        }
    )
    let between: [(Float, UInt16, UInt16)] = [
        (1 + exp2(-11), 0x3c00, 0x3f80), (1 + 3 * exp2(-11), 0x3c02, 0x3f80), (65519, 0x7bff, 0x4780),
        (65520, 0x7c00, 0x4780), (-1e30, 0xfc00, 0xf14a), (exp2(-25), 0, 0x3300), (exp2(-24), 1, 0x3380),
        (1.5 * exp2(-24), 2, 0x33c0), (1 + exp2(-8), 0x3c04, 0x3f80), (1 + 3 * exp2(-8), 0x3c0c, 0x3f82),
        (Float(bitPattern: 0x7f7f_ffff), 0x7c00, 0x7f80), (.infinity, 0x7c00, 0x7f80),
    ]
    var halves = [UInt16](repeating: 0, count: between.count)
    kernels.table.f32_to_f16(between.map(\.0), &halves, between.count, nil)
    #expect(halves == between.map(\.1))
    kernels.table.f32_to_bf16(between.map(\.0), &halves, between.count, nil)
    #expect(halves == between.map(\.2))
    kernels.table.f32_to_bf16([.nan, Float(bitPattern: 0x7f80_0001)], &halves, 2, nil)
    #expect(halves[0...1].allSatisfy { $0 & 0x7f80 == 0x7f80 && $0 & 0x7f != 0 })
    kernels.table.bf16_to_f32(all.base, wide.base, all.elements.count, nil)
    #expect(zip(all.values, wide.values).allSatisfy { UInt32($0) << 16 == $1.bitPattern })
    for count in 0..<40 {
        let floats = GuardedBuffer((0..<count).map(Float.init))
        let narrow = GuardedBuffer([UInt16](repeating: 0, count: count))
        let again = GuardedBuffer([Float](repeating: 0, count: count))
        kernels.table.f32_to_f16(floats.base, narrow.base, count, nil)
        kernels.table.f16_to_f32(narrow.base, again.base, count, nil)
        #expect(again.values == floats.values)
        kernels.table.f32_to_bf16(floats.base, narrow.base, count, nil)
        kernels.table.bf16_to_f32(narrow.base, again.base, count, nil)
        #expect(again.values == floats.values)
    }
}
