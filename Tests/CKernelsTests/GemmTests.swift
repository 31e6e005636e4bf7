import CKernels
import Testing

/// The kernels of `ck_gemm.h` that this file and its facets test.
let gemmKernels = [
    "f32_packed_size", "f32_pack", "f32_gemm_scratch_size", "f32_gemm", "bf16_packed_size", "bf16_pack",
    "f32_gemm_bf16", "bits_packed_bytes", "bits_pack", "f32_gemm_bits_scratch_size", "f32_gemm_bits",
    "f32_matmul_scratch_size", "f32_matmul", "i8_packed_bytes", "i8_pack", "i8_gemm_scratch_bytes",
    "i32_gemm_i8", "f32_gemm_i8", "u8_quantize_rows",
]

/// The sizes and the row padding of a product.
struct GemmShape: CustomTestStringConvertible, Sendable {
    var m: Int
    var n: Int
    var k: Int
    var padding = 0
    var testDescription: String { "\(m)×\(n)×\(k)+\(padding)" }

    static let all: [GemmShape] =
        (1...15).map { GemmShape(m: $0, n: 2 * $0 + 1, k: 17 - $0, padding: $0 % 3) } + [
            GemmShape(m: 0, n: 5, k: 3), GemmShape(m: 3, n: 0, k: 2), GemmShape(m: 3, n: 19, k: 0),
            GemmShape(m: 1, n: 1, k: 1), GemmShape(m: 1, n: 64, k: 129, padding: 3), GemmShape(m: 2, n: 33, k: 385),
            GemmShape(m: 3, n: 16, k: 773), GemmShape(m: 4, n: 32, k: 384, padding: 1), GemmShape(m: 5, n: 47, k: 66),
            GemmShape(m: 37, n: 301, k: 200, padding: 5), GemmShape(m: 103, n: 31, k: 31),
            GemmShape(m: 1, n: 999, k: 1031),
            GemmShape(m: 29, n: 530, k: 72, padding: 1024 - 72), GemmShape(m: 250, n: 17, k: 400),
            GemmShape(m: 19, n: 50, k: 2111, padding: 7),
        ]
}

/// An epilogue with its operands as numbers.
struct Epilogue: CustomTestStringConvertible, Sendable {
    var scale: Float = 1
    var hasBias = false
    var hasResidual = false
    var function = CK_IDENTITY
    var testDescription: String { "\(scale) bias \(hasBias) residual \(hasResidual) function \(function.rawValue)" }

    static let alpha: Float = -0.4
    static let beta: Float = 0.7

    static let all = [
        Epilogue(), Epilogue(hasBias: true, function: CK_RELU),
        Epilogue(scale: 0.25, hasBias: true, hasResidual: true, function: CK_CLIP),
        Epilogue(scale: -2, hasResidual: true, function: CK_LEAKY_RELU),
        Epilogue(hasBias: true, hasResidual: true, function: CK_ABS),
    ]

    func activated(_ x: Double) -> Double {
        switch function {
        case CK_RELU: max(0, x)
        case CK_CLIP: min(max(x, Double(Self.alpha)), Double(Self.beta))
        case CK_LEAKY_RELU: x < 0 ? Double(Self.alpha) * x : x
        case CK_ABS: abs(x)
        default: x
        }
    }

    /// Calls `body` with the epilogue over guarded operands.
    func with(
        bias: GuardedBuffer<Float>,
        residual: UnsafePointer<Float>,
        residualStride: Int,
        _ body: (UnsafePointer<ck_epilogue>) -> Void
    ) {
        var epilogue = ck_epilogue(
            scale: scale,
            bias: hasBias ? UnsafePointer(bias.base) : nil,
            residual: hasResidual ? residual : nil,
            residual_stride: residualStride,
            activation: ck_activation(function: function, alpha: Self.alpha, beta: Self.beta)
        )
        body(&epilogue)
    }
}

/// Row-major elements without those between the last row and a padded end.
func rowCount(_ rows: Int, _ columns: Int, _ stride: Int) -> Int { rows == 0 ? 0 : (rows - 1) * stride + columns }

/// Results in Double, and the largest magnitude before the activation.
struct ExpectedRows {
    var values: [Double]
    var largest = 1e-3

    init(count: Int) { values = [Double](repeating: 0, count: count) }

    mutating func set(_ index: Int, _ value: Double, _ epilogue: Epilogue) {
        largest = max(largest, abs(value))
        values[index] = epilogue.activated(value)
    }
}

/// Expects the m × n elements within 1e-5 of the largest magnitude, and the elements between rows untouched.
func expectRows(
    _ actual: [Float],
    stride: Int,
    m: Int,
    n: Int,
    near expected: ExpectedRows,
    untouched: Float,
    _ comment: Comment,
    location: SourceLocation = #_sourceLocation
) {
    var worst = 0.0
    var overwritten = 0
    for (index, value) in actual.enumerated() {
        let (row, column) = (index / stride, index % stride)
        if column < n {
            let difference = abs(Double(value) - expected.values[row * n + column])
            worst = max(worst, difference.isNaN ? .infinity : difference)
        } else if value != untouched {
            overwritten += 1
        }
    }
    #expect(worst <= 1e-5 * expected.largest, comment, sourceLocation: location)
    #expect(overwritten == 0, comment, sourceLocation: location)
}

/// The product in Double, with the epilogue.
func reference(
    m: Int,
    n: Int,
    k: Int,
    epilogue: Epilogue,
    bias: [Float],
    residual: (Int, Int) -> Float,
    a: (Int, Int) -> Float,
    b: (Int, Int) -> Float
) -> ExpectedRows {
    var result = ExpectedRows(count: m * n)
    for i in 0..<m {
        for j in 0..<n {
            var sum = 0.0
            for p in 0..<k { sum += Double(a(i, p)) * Double(b(p, j)) }
            sum *= Double(epilogue.scale)
            if epilogue.hasBias { sum += Double(bias[j]) }
            if epilogue.hasResidual { sum += Double(residual(i, j)) }
            result.set(i * n + j, sum, epilogue)
        }
    }
    return result
}

@Suite("Products of packed weights")
struct GemmTests {
    /// The strides of a k × n matrix, by rows or by columns.
    static func strides(_ transposed: Bool, k: Int, n: Int, padding: Int) -> (row: Int, column: Int) {
        transposed ? (1, k + padding) : (n + padding, 1)
    }

    @Test("the packed product is the product in Double", arguments: Kernels.available, GemmShape.all)
    func packedProduct(kernels: Kernels, shape: GemmShape) throws {
        var random = SeededGenerator(seed: UInt64(shape.m * 1000 + shape.n + shape.k))
        let (m, n, k) = (shape.m, shape.n, shape.k)
        let (aStride, cStride, residualStride) = (k + shape.padding, n + shape.padding, n + 2 * shape.padding)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for (index, epilogue) in Epilogue.all.enumerated() {
            let side: GuardedBuffer<Float>.Guard = index % 2 == 0 ? .after : .before
            let transposed = (index + m) % 3 == 0
            let b = Self.strides(transposed, k: k, n: n, padding: shape.padding)
            let bCount = transposed ? rowCount(n, k, b.column) : rowCount(k, n, b.row)
            let weights = GuardedBuffer(random.floats(n == 0 || k == 0 ? 0 : bCount), guarding: side)
            let left = GuardedBuffer(random.floats(k == 0 ? 0 : rowCount(m, k, aStride)), guarding: side)
            let bias = GuardedBuffer(random.floats(n), guarding: side)
            let residual = GuardedBuffer(
                random.floats(n == 0 ? 0 : rowCount(m, n, residualStride)),
                guarding: side
            )
            let expected = reference(
                m: m,
                n: n,
                k: k,
                epilogue: epilogue,
                bias: bias.values,
                residual: { residual.base[$0 * residualStride + $1] },
                a: { left.base[$0 * aStride + $1] },
                b: { weights.base[$0 * b.row + $1 * b.column] }
            )
            let rounded = weights.values.map(Self.bfloat16)
            let expectedOfRounded = reference(
                m: m,
                n: n,
                k: k,
                epilogue: epilogue,
                bias: bias.values,
                residual: { residual.base[$0 * residualStride + $1] },
                a: { left.base[$0 * aStride + $1] },
                b: { rounded[$0 * b.row + $1 * b.column] }
            )

            let packed = GuardedBuffer(
                [Float](repeating: .nan, count: kernels.table.f32_packed_size(k, n)),
                guarding: side
            )
            kernels.table.f32_pack(weights.base, b.row, b.column, k, n, packed.base)
            let halves = GuardedBuffer(
                [UInt16](repeating: 0xffff, count: kernels.table.bf16_packed_size(k, n)),
                guarding: side == .after ? .after : .before
            )
            kernels.table.bf16_pack(weights.base, b.row, b.column, k, n, halves.base)
            let scratchSize = kernels.table.f32_gemm_scratch_size(m, n, k, aStride, 3)
            let scratch = GuardedBuffer([Float](repeating: .nan, count: scratchSize), guarding: side)

            for (threads, scratchBase) in [(nil, scratch.base), (pool, scratch.base), (nil, nil)] {
                let c = GuardedBuffer(
                    [Float](repeating: 77, count: n == 0 ? 0 : rowCount(m, n, cStride)),
                    guarding: side
                )
                epilogue.with(bias: bias, residual: residual.base, residualStride: residualStride) {
                    kernels.table.f32_gemm(
                        m,
                        n,
                        k,
                        left.base,
                        aStride,
                        packed.base,
                        c.base,
                        cStride,
                        $0,
                        scratchBase,
                        threads
                    )
                }
                expectRows(
                    c.values,
                    stride: cStride,
                    m: m,
                    n: n,
                    near: expected,
                    untouched: 77,
                    "\(epilogue.testDescription)"
                )
                c.elements.update(repeating: 77)
                epilogue.with(bias: bias, residual: residual.base, residualStride: residualStride) {
                    kernels.table.f32_gemm_bf16(
                        m,
                        n,
                        k,
                        left.base,
                        aStride,
                        halves.base,
                        c.base,
                        cStride,
                        $0,
                        scratchBase,
                        threads
                    )
                }
                expectRows(
                    c.values,
                    stride: cStride,
                    m: m,
                    n: n,
                    near: expectedOfRounded,
                    untouched: 77,
                    "bfloat16, \(epilogue.testDescription)"
                )
            }
        }
    }

    /// Rounds to even at the upper 16 bits.
    static func bfloat16(_ value: Float) -> Float {
        let bits = value.bitPattern
        return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
    }

    @Test("the residual may be the result itself, and threads change no bit", arguments: Kernels.available)
    func residualInPlace(kernels: Kernels) throws {
        var random = SeededGenerator(seed: 5)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for (m, n, k) in [(1, 2000, 800), (7, 33, 12), (50, 120, 1300), (2, 700, 1100), (130, 64, 500)] {
            let left = GuardedBuffer(random.floats(m * k))
            let weights = GuardedBuffer(random.floats(k * n))
            let bias = GuardedBuffer(random.floats(n))
            let start = random.floats(m * n)
            let packed = GuardedBuffer([Float](repeating: 0, count: kernels.table.f32_packed_size(k, n)))
            kernels.table.f32_pack(weights.base, n, 1, k, n, packed.base)
            let epilogue = Epilogue(scale: 0.5, hasBias: true, hasResidual: true, function: CK_RELU)
            let expected = reference(
                m: m,
                n: n,
                k: k,
                epilogue: epilogue,
                bias: bias.values,
                residual: { start[$0 * n + $1] },
                a: { left.base[$0 * k + $1] },
                b: { weights.base[$0 * n + $1] }
            )
            var results: [[UInt32]] = []
            for threads in [nil, pool] {
                let c = GuardedBuffer(start)
                epilogue.with(bias: bias, residual: c.base, residualStride: n) {
                    kernels.table.f32_gemm(m, n, k, left.base, k, packed.base, c.base, n, $0, nil, threads)
                }
                expectRows(c.values, stride: n, m: m, n: n, near: expected, untouched: 0, "\(m)×\(n)×\(k)")
                results.append(c.values.map(\.bitPattern))
            }
            #expect(results[0] == results[1])
        }
    }

    @Test("what is not a number stays so through the epilogue", arguments: Kernels.available)
    func notANumber(kernels: Kernels) {
        for function in [CK_IDENTITY, CK_RELU, CK_CLIP, CK_LEAKY_RELU] {
            for n in [3, 64] {
                let weights = GuardedBuffer([Float](repeating: 1, count: n))
                let left = GuardedBuffer([Float.nan, .infinity, -.infinity])
                let packed = GuardedBuffer([Float](repeating: 0, count: kernels.table.f32_packed_size(1, n)))
                kernels.table.f32_pack(weights.base, n, 1, 1, n, packed.base)
                let c = GuardedBuffer([Float](repeating: 0, count: 3 * n))
                var epilogue = ck_epilogue(
                    scale: 1,
                    bias: nil,
                    residual: nil,
                    residual_stride: 0,
                    activation: ck_activation(function: function, alpha: 0.25, beta: 6)
                )
                kernels.table.f32_gemm(3, n, 1, left.base, 1, packed.base, c.base, n, &epilogue, nil, nil)
                #expect(c.values[0..<n].allSatisfy { $0.isNaN })
                let highest: Float = function == CK_CLIP ? 6 : .infinity
                #expect(c.values[n..<2 * n].allSatisfy { $0 == highest })
            }
        }
    }

    @Test("weights beyond bfloat16 round to infinity and stay not a number", arguments: Kernels.available)
    func bfloat16Extremes(kernels: Kernels) {
        let values: [Float] = [
            .greatestFiniteMagnitude, -.infinity, .nan, Float(bitPattern: 0x7f80_0001), 1 + 0x1p-8, 1 + 0x1.8p-7,
            .leastNonzeroMagnitude,
        ]
        let weights = GuardedBuffer(values)
        let n = values.count
        let packed = GuardedBuffer([UInt16](repeating: 0, count: kernels.table.bf16_packed_size(1, n)))
        kernels.table.bf16_pack(weights.base, n, 1, 1, n, packed.base)
        let one = GuardedBuffer([Float(1)])
        let c = GuardedBuffer([Float](repeating: 0, count: n))
        kernels.table.f32_gemm_bf16(1, n, 1, one.base, 1, packed.base, c.base, n, nil, nil, nil)
        #expect(c.values[0] == .infinity && c.values[1] == -.infinity)
        #expect(c.values[2].isNaN && c.values[3].isNaN)
        #expect(c.values[4] == 1 && c.values[5] == 1 + 0x1p-6 && c.values[6] == 0)
    }
}
