import CKernels
import Glibc
import Testing

/// The kernels of `ck_norm.h` that this file tests.
let normKernels = [
    "f32_reduce", "f32_arg", "f32_softmax", "f32_layer_norm", "f32_batch_norm", "f32_group_norm", "f32_lrn",
    "f32_scale_blocks",
]

/// Sizes of a tensor: what is before the axis, the axis and what is behind it.
struct AxisSizes: CustomTestStringConvertible, Sendable {
    let outer: Int
    let axis: Int
    let inner: Int
    var testDescription: String { "[\(outer), \(axis), \(inner)]" }
    var count: Int { outer * axis * inner }

    static let all: [AxisSizes] = [
        (1, 1, 1), (3, 2, 1), (5, 7, 1), (2, 8, 1), (3, 33, 1), (2, 131, 1), (1, 5003, 1), (2, 16, 2), (3, 5, 7),
        (2, 3, 8), (1, 70, 37), (2, 9, 64), (1, 200, 67), (0, 4, 4), (4, 4, 0),
    ].map { AxisSizes(outer: $0.0, axis: $0.1, inner: $0.2) }

    /// The elements along the axis for each place of the result.
    func lines(of values: [Float]) -> [[Double]] {
        (0..<outer * inner).map { place in
            (0..<axis).map { Double(values[(place / max(inner, 1) * axis + $0) * inner + place % max(inner, 1)]) }
        }
    }
}

/// Whether results are within 1e-5 of the largest of the expected ones, NaN and infinities at the same places.
func areNear(_ got: [Float], _ expected: [Double], tolerance: Double = 1e-5) -> Bool {
    let largest = expected.filter(\.isFinite).map(abs).max() ?? 0
    return got.count == expected.count
        && zip(got, expected).allSatisfy {
            $1.isNaN ? $0.isNaN : $1.isInfinite ? Double($0) == $1 : abs(Double($0) - $1) <= tolerance * largest + 1e-37
        }
}

private func reduced(_ reduction: ck_reduction, _ line: [Double]) -> Double {
    let hasNaN = line.contains(where: \.isNaN)
    switch reduction {
    case CK_REDUCTION_SUM: return line.reduce(0, +)
    case CK_REDUCTION_MEAN: return line.reduce(0, +) / Double(line.count)
    case CK_REDUCTION_MAX: return hasNaN ? .nan : line.max() ?? -.infinity
    case CK_REDUCTION_MIN: return hasNaN ? .nan : line.min() ?? .infinity
    case CK_REDUCTION_PROD: return line.reduce(1, *)
    case CK_REDUCTION_SUM_SQUARE: return line.reduce(0) { $0 + $1 * $1 }
    case CK_REDUCTION_L1: return line.reduce(0) { $0 + abs($1) }
    case CK_REDUCTION_L2: return line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case CK_REDUCTION_LOG_SUM: return log(line.reduce(0, +))
    default: return log(line.reduce(0) { $0 + exp($1) })
    }
}

@Test("reductions follow their sums in double precision", arguments: Kernels.available, AxisSizes.all)
func reductionsFollow(_ kernels: Kernels, _ sizes: AxisSizes) {
    var random = SeededGenerator(seed: 5)
    for side in GuardedBuffer<Float>.Guard.allCases {
        let x = GuardedBuffer(random.floats(sizes.count, in: 0.5...1.5), guarding: side)
        for hasNaN in [false, true] {
            if hasNaN && sizes.count > 3 {
                x.base[sizes.count / 2] = .nan
                x.base[0] = .infinity
            }
            let y = GuardedBuffer([Float](repeating: 9, count: sizes.outer * sizes.inner), guarding: side)
            for index in 0..<CK_REDUCTION_COUNT.rawValue {
                let reduction = ck_reduction(rawValue: index)
                kernels.table.f32_reduce(reduction, x.base, sizes.outer, sizes.axis, sizes.inner, y.base, nil)
                let expected = sizes.lines(of: x.values).map { reduced(reduction, $0) }
                let bounded = expected.map { abs($0) > Double(Float.greatestFiniteMagnitude) ? .infinity : $0 }
                #expect(areNear(y.values, bounded), "reduction \(index)")
            }
        }
    }
}

@Test("the sum of a million equal numbers keeps its digits", arguments: Kernels.available)
func longSums(_ kernels: Kernels) {
    let ones = [Float](repeating: 0.1, count: 1 << 20)
    var sum: Float = 0
    kernels.table.f32_reduce(CK_REDUCTION_SUM, ones, 1, ones.count, 1, &sum, nil)
    #expect(abs(Double(sum) / (Double(Float(0.1)) * Double(ones.count)) - 1) < 1e-6)
    var sums: [Float] = [0, 0]
    kernels.table.f32_reduce(CK_REDUCTION_SUM, ones, 1, ones.count / 2, 2, &sums, nil)
    #expect(abs(Double(sums[1]) / (Double(Float(0.1)) * Double(ones.count / 2)) - 1) < 2e-4)
}

@Test("the highest and lowest are found, the first or last of equals", arguments: Kernels.available, AxisSizes.all)
func argumentsAreFound(_ kernels: Kernels, _ sizes: AxisSizes) {
    var random = SeededGenerator(seed: 6)
    let x = GuardedBuffer((0..<sizes.count).map { _ in Float.random(in: -3...3, using: &random).rounded() })
    let y = GuardedBuffer([Int64](repeating: -1, count: sizes.outer * sizes.inner))
    for nanCount in [0, 1, 3] {
        for place in 0..<(sizes.count > 8 ? nanCount : 0) { x.base[(place * 37 + 5) % sizes.count] = .nan }
        for (lowest, last) in [(false, false), (false, true), (true, false), (true, true)] {
            kernels.table.f32_arg(lowest, last, x.base, sizes.outer, sizes.axis, sizes.inner, y.base, nil)
            let expected = sizes.lines(of: x.values).map { line -> Int64 in
                let keys = line.map { $0.isNaN ? .infinity : lowest ? -$0 : $0 }
                let best = keys.max() ?? 0
                return Int64((last ? keys.lastIndex(of: best) : keys.firstIndex(of: best)) ?? -1)
            }
            #expect(y.values == expected, "lowest \(lowest), last \(last), \(nanCount) NaN")
        }
    }
}

@Test("softmax and its logarithm sum to one", arguments: Kernels.available, AxisSizes.all)
func softmaxes(_ kernels: Kernels, _ sizes: AxisSizes) {
    var random = SeededGenerator(seed: 7)
    for side in GuardedBuffer<Float>.Guard.allCases {
        for logarithm in [false, true] {
            let x = GuardedBuffer(random.floats(sizes.count, in: -20...60), guarding: side)
            let y = GuardedBuffer([Float](repeating: 9, count: sizes.count), guarding: side)
            let lines = sizes.lines(of: x.values).map { line -> [Double] in
                let highest = line.max() ?? 0
                let sum = line.reduce(0) { $0 + exp($1 - highest) }
                return line.map { logarithm ? $0 - highest - log(sum) : exp($0 - highest) / sum }
            }
            kernels.table.f32_softmax(logarithm, x.base, sizes.outer, sizes.axis, sizes.inner, y.base, nil)
            #expect(zip(sizes.lines(of: y.values), lines).allSatisfy { areNear($0.map(Float.init), $1) })
            kernels.table.f32_softmax(logarithm, x.base, sizes.outer, sizes.axis, sizes.inner, x.base, nil)
            #expect(x.values == y.values)
        }
    }
}

@Test("softmax has NaN only where NumPy has it", arguments: Kernels.available)
func softmaxSpecials(_ kernels: Kernels) {
    let rows: [([Float], [Float])] = [
        ([-.infinity, 0, 0], [0, 0.5, 0.5]), ([.nan, 0, 1], [.nan, .nan, .nan]), ([0, 1, .nan], [.nan, .nan, .nan]),
        ([-.infinity, -.infinity, -.infinity], [.nan, .nan, .nan]), ([1000, 1000, -1000], [0.5, 0.5, 0]),
    ]
    for (row, expected) in rows {
        var y = row
        kernels.table.f32_softmax(false, row, 1, 3, 1, &y, nil)
        #expect(areNear(y, expected.map(Double.init)))
    }
}

@Test("layer normalisation adds, centres and scales", arguments: Kernels.available, [1, 3, 8, 31, 64, 384, 1027])
func layerNorms(_ kernels: Kernels, _ columns: Int) {
    var random = SeededGenerator(seed: 8)
    let rows = 4
    for options in 0..<32 {
        let side: GuardedBuffer<Float>.Guard = options % 2 == 0 ? .before : .after
        let x = GuardedBuffer(random.floats(rows * columns, in: 90...110), guarding: side)
        let residual = GuardedBuffer(random.floats(2 * columns), guarding: side)
        let addend = GuardedBuffer(random.floats(columns), guarding: side)
        let scale = GuardedBuffer(random.floats(columns), guarding: side)
        let bias = GuardedBuffer(random.floats(columns), guarding: side)
        let y = GuardedBuffer([Float](repeating: 9, count: rows * columns), guarding: side)
        let sum = GuardedBuffer([Float](repeating: 9, count: rows * columns), guarding: side)
        let mean = GuardedBuffer([Float](repeating: 9, count: rows), guarding: side)
        let inverse = GuardedBuffer([Float](repeating: 9, count: rows), guarding: side)
        var norm = ck_layer_norm()
        norm.rows = rows
        norm.columns = columns
        norm.x = UnsafePointer(x.base)
        norm.epsilon = 1e-3
        norm.centred = options & 1 == 0
        norm.y = y.base
        let adds = options & 2 != 0
        if adds {
            norm.residual = UnsafePointer(residual.base)
            norm.residual_rows = 2
            norm.addend = UnsafePointer(addend.base)
        }
        if options & 4 != 0 { norm.scale = UnsafePointer(scale.base) }
        if options & 8 != 0 { norm.bias = UnsafePointer(bias.base) }
        if options & 16 != 0 {
            norm.sum = sum.base
            norm.mean = mean.base
            norm.inverse_deviation = inverse.base
        }
        kernels.table.f32_layer_norm(&norm, nil)
        for row in 0..<rows {
            let line = (0..<columns).map { column -> Double in
                let value = x.base[row * columns + column]
                return Double(adds ? value + residual.base[row % 2 * columns + column] + addend.base[column] : value)
            }
            let centre = norm.centred ? line.reduce(0, +) / Double(columns) : 0
            let variance = line.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(columns)
            let factor = 1 / (variance + Double(norm.epsilon)).squareRoot()
            let expected = line.enumerated().map { column, value in
                (value - centre) * factor * (options & 4 != 0 ? Double(scale.base[column]) : 1)
                    + (options & 8 != 0 ? Double(bias.base[column]) : 0)
            }
            let got = (0..<columns).map { y.base[row * columns + $0] }
            #expect(zip(got, expected).allSatisfy { abs(Double($0) - $1) < 4e-5 }, "options \(options)")
            guard options & 16 != 0 else { continue }
            #expect(abs(Double(mean.base[row]) - centre) < 1e-4)
            #expect(abs(Double(inverse.base[row]) / factor - 1) < 1e-4)
            #expect((0..<columns).allSatisfy { Double(sum.base[row * columns + $0]) == line[$0] })
        }
    }
}

@Test("batch normalisation scales each channel", arguments: Kernels.available, AxisSizes.all)
func batchNorms(_ kernels: Kernels, _ sizes: AxisSizes) {
    var random = SeededGenerator(seed: 9)
    for side in GuardedBuffer<Float>.Guard.allCases {
        let x = GuardedBuffer(random.floats(sizes.count), guarding: side)
        let scale = GuardedBuffer(random.floats(sizes.axis), guarding: side)
        let shift = GuardedBuffer(random.floats(sizes.axis), guarding: side)
        let y = GuardedBuffer([Float](repeating: 9, count: sizes.count), guarding: side)
        var activation = ck_activation(function: CK_RELU, alpha: 0, beta: 0)
        for isRelu in [false, true] {
            withUnsafePointer(to: &activation) {
                kernels.table.f32_batch_norm(
                    x.base,
                    sizes.outer,
                    sizes.axis,
                    sizes.inner,
                    scale.base,
                    shift.base,
                    isRelu ? $0 : nil,
                    y.base,
                    nil
                )
            }
            let expected = x.values.enumerated().map { place, value in
                let channel = place / sizes.inner % sizes.axis
                let result = Double(value) * Double(scale.base[channel]) + Double(shift.base[channel])
                return isRelu ? max(0, result) : result
            }
            #expect(areNear(y.values, expected))
        }
    }
}

@Test("blocks of channels are scaled and shifted", arguments: Kernels.available, [0, 1, 7, 1030])
func blocksAreScaled(_ kernels: Kernels, _ positions: Int) {
    var random = SeededGenerator(seed: 12)
    for (side, function) in zip(
        [.before, .after, .after] as [GuardedBuffer<Float>.Guard],
        [CK_IDENTITY, CK_RELU, CK_TANH]
    ) {
        for hasShift in [false, true] {
            let x = GuardedBuffer(random.floats(4 * positions * 16), guarding: side)
            let scale = GuardedBuffer(random.floats(2 * 16), guarding: side)
            let shift = GuardedBuffer(random.floats(2 * 16), guarding: side)
            let y = GuardedBuffer([Float](repeating: 9, count: 4 * positions * 16), guarding: side)
            var activation = ck_activation(function: function, alpha: 0, beta: 0)
            kernels.table.f32_scale_blocks(
                x.base,
                4,
                positions,
                scale.base,
                hasShift ? shift.base : nil,
                2,
                &activation,
                y.base,
                nil
            )
            let expected = x.values.enumerated().map { place, value in
                let row = place / 16 / positions % 2 * 16 + place % 16
                let sum = Double(value) * Double(scale.base[row]) + (hasShift ? Double(shift.base[row]) : 0)
                return function == CK_RELU ? max(0, sum) : function == CK_TANH ? tanh(sum) : sum
            }
            #expect(areNear(y.values, expected))
        }
    }
}

@Test("group normalisation centres each group", arguments: Kernels.available, [1, 2, 6])
func groupNorms(_ kernels: Kernels, _ groups: Int) {
    var random = SeededGenerator(seed: 10)
    for inner in [1, 5, 8, 49, 300] {
        let sizes = AxisSizes(outer: 2, axis: 6, inner: inner)
        let x = GuardedBuffer(random.floats(sizes.count, in: 3...5))
        let scale = GuardedBuffer(random.floats(6))
        let bias = GuardedBuffer(random.floats(6))
        let y = GuardedBuffer([Float](repeating: 9, count: sizes.count))
        kernels.table.f32_group_norm(x.base, 2, groups, 6, inner, scale.base, bias.base, 1e-3, y.base, nil)
        let each = 6 / groups * inner
        let expected = x.values.indices.map { place -> Double in
            let group = x.values[place / each * each..<(place / each + 1) * each].map(Double.init)
            let mean = group.reduce(0, +) / Double(each)
            let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(each)
            let channel = place / inner % 6
            return (Double(x.base[place]) - mean) / (variance + Double(Float(1e-3))).squareRoot()
                * Double(scale.base[channel]) + Double(bias.base[channel])
        }
        #expect(areNear(y.values, expected))
    }
}

@Test("local response normalisation sums squares around", arguments: Kernels.available, [1, 2, 3, 5, 8, 20])
func localResponses(_ kernels: Kernels, _ size: Int) {
    var random = SeededGenerator(seed: 11)
    let (channels, inner) = (7, 19)
    for beta: Float in [0.75, 0.5] {
        let x = GuardedBuffer(random.floats(2 * channels * inner, in: -4...4))
        let y = GuardedBuffer([Float](repeating: 9, count: x.elements.count))
        kernels.table.f32_lrn(x.base, 2, channels, inner, size, 0.3, beta, 1.5, y.base, nil)
        let expected = x.values.indices.map { place -> Double in
            let channel = place / inner % channels
            let window = max(0, channel - (size - 1) / 2)...min(channels - 1, channel + size / 2)
            let sum = window.reduce(0.0) { $0 + pow(Double(x.base[place + ($1 - channel) * inner]), 2) }
            return Double(x.base[place]) / pow(1.5 + Double(Float(0.3)) / Double(size) * sum, Double(beta))
        }
        #expect(areNear(y.values, expected))
    }
}
