import CKernels
import Testing

@Suite("Products of 8-bit numbers")
struct GemmIntegerTests {
    private struct Operands {
        var m: Int, n: Int, k: Int
        var aSigned: Bool, bSigned: Bool
        var aStride: Int
        var left: GuardedBuffer<UInt8>
        var aZeros: GuardedBuffer<UInt8>?
        var aZeroStride: Int
        var packed: GuardedBuffer<UInt8>
        var expected: [Int32]
    }

    private static func number(_ bits: UInt8, _ signed: Bool) -> Int {
        signed ? Int(Int8(bitPattern: bits)) : Int(bits)
    }

    /// Random and extreme operands in one of eight forms.
    private static func operands(
        _ kernels: Kernels,
        _ shape: GemmShape,
        form: Int,
        random: inout SeededGenerator
    ) -> Operands {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        let side: GuardedBuffer<UInt8>.Guard = form % 2 == 0 ? .after : .before
        let (aSigned, bSigned) = (form & 1 != 0, form & 2 == 0)
        let aStride = k + shape.padding
        let b = GemmTests.strides(form & 4 != 0, k: k, n: n, padding: shape.padding)
        func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
            (0..<count).map { _ in
                form < 4
                    ? [0, 127, 128, 255].randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
        }
        let left = GuardedBuffer(bytes(k == 0 ? 0 : rowCount(m, k, aStride), &random), guarding: side)
        let bCount = k == 0 || n == 0 ? 0 : (k - 1) * b.row + (n - 1) * b.column + 1
        let weights = GuardedBuffer(bytes(bCount, &random), guarding: side)
        let zeroStride = form % 3 == 0 ? 0 : 1
        let aZeros = form % 3 == 2 ? nil : GuardedBuffer(bytes(zeroStride == 0 ? 1 : m, &random), guarding: side)
        let bZeros = form % 4 == 2 ? nil : GuardedBuffer(bytes(zeroStride == 0 ? 1 : n, &random), guarding: side)
        let packed = GuardedBuffer(
            [UInt8](repeating: 0xaa, count: kernels.table.i8_packed_bytes(k, n)),
            guarding: side
        )
        kernels.table.i8_pack(weights.base, bSigned, b.row, b.column, k, n, bZeros?.base, zeroStride, packed.base)
        var expected = [Int32](repeating: 0, count: m * n)
        for i in 0..<m {
            for j in 0..<n {
                let aZero = aZeros.map { number($0.base[i * zeroStride], aSigned) } ?? 0
                let bZero = bZeros.map { number($0.base[j * zeroStride], bSigned) } ?? 0
                var sum = 0
                for p in 0..<k {
                    sum +=
                        (number(left.base[i * aStride + p], aSigned) - aZero)
                        * (number(weights.base[p * b.row + j * b.column], bSigned) - bZero)
                }
                expected[i * n + j] = Int32(truncatingIfNeeded: sum)
            }
        }
        return Operands(
            m: m,
            n: n,
            k: k,
            aSigned: aSigned,
            bSigned: bSigned,
            aStride: aStride,
            left: left,
            aZeros: aZeros,
            aZeroStride: zeroStride,
            packed: packed,
            expected: expected
        )
    }

    @Test("integer sums are exact and dequantise in one step", arguments: Kernels.available, GemmShape.all)
    func integerProduct(kernels: Kernels, shape: GemmShape) throws {
        var random = SeededGenerator(seed: UInt64(shape.m * 1000 + shape.n + shape.k))
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for form in 0..<8 {
            let side: GuardedBuffer<Float>.Guard = form % 2 == 0 ? .after : .before
            let o = Self.operands(kernels, shape, form: form, random: &random)
            let (m, n, k) = (o.m, o.n, o.k)
            let stride = n + shape.padding
            let threads = form < 4 ? nil : pool
            let count = n == 0 ? 0 : rowCount(m, n, stride)
            let scratch = GuardedBuffer(
                [UInt8](repeating: 0x55, count: kernels.table.i8_gemm_scratch_bytes(m, n, k)),
                guarding: side == .after ? .after : .before
            )
            var a = ck_i8_matrix(
                elements: o.left.base,
                is_signed: o.aSigned,
                row_stride: o.aStride,
                zero_points: o.aZeros?.base,
                zero_point_stride: o.aZeroStride
            )
            let integers = GuardedBuffer(
                [Int32](repeating: 77, count: count),
                guarding: side == .after ? .after : .before
            )
            kernels.table.i32_gemm_i8(m, n, k, &a, o.packed.base, integers.base, stride, scratch.base, threads)
            let wrong = integers.values.enumerated().count { index, value in
                value != (index % stride < n ? o.expected[index / stride * n + index % stride] : 77)
            }
            #expect(wrong == 0, "form \(form)")

            let epilogue = Epilogue.all[form % Epilogue.all.count]
            let rowScales = GuardedBuffer(random.floats(m, in: 0.001...0.01), guarding: side)
            let columnScales = GuardedBuffer(random.floats(n, in: 0.01...0.02), guarding: side)
            let bias = GuardedBuffer(random.floats(n), guarding: side)
            let residual = GuardedBuffer(random.floats(count), guarding: side)
            let floats = GuardedBuffer([Float](repeating: 77, count: count), guarding: side)
            let scalesRows = form % 3 != 1
            let scalesColumns = form % 3 != 2
            epilogue.with(bias: bias, residual: residual.base, residualStride: stride) {
                kernels.table.f32_gemm_i8(
                    m,
                    n,
                    k,
                    &a,
                    scalesRows ? rowScales.base : nil,
                    o.packed.base,
                    scalesColumns ? columnScales.base : nil,
                    floats.base,
                    stride,
                    $0,
                    scratch.base,
                    threads
                )
            }
            var expected = ExpectedRows(count: m * n)
            for index in 0..<m * n {
                let (i, j) = (index / n, index % n)
                var value = Double(o.expected[index]) * Double(epilogue.scale)
                if scalesRows { value *= Double(rowScales.base[i]) }
                if scalesColumns { value *= Double(columnScales.base[j]) }
                if epilogue.hasBias { value += Double(bias.base[j]) }
                if epilogue.hasResidual { value += Double(residual.base[i * stride + j]) }
                expected.set(index, value, epilogue)
            }
            expectRows(
                floats.values,
                stride: stride,
                m: m,
                n: n,
                near: expected,
                untouched: 77,
                "form \(form), \(epilogue.testDescription)"
            )
        }
    }

    @Test("rows are quantised as DynamicQuantizeLinear has it", arguments: Kernels.available)
    func quantise(kernels: Kernels) throws {
        var random = SeededGenerator(seed: 9)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        let shapes = [(0, 5), (3, 0), (1, 1), (2, 7), (5, 8), (3, 33), (20, 100), (1, 150_001), (2, 140_000)]
        for (index, (rows, columns)) in shapes.enumerated() {
            for range in [-1...1, 0.5...3, -7 ... -2, 0...0, -1e-3...100] as [ClosedRange<Float>] {
                let side: GuardedBuffer<Float>.Guard = index % 2 == 0 ? .after : .before
                let x = GuardedBuffer(random.floats(rows * columns, in: range), guarding: side)
                let y = GuardedBuffer(
                    [UInt8](repeating: 7, count: rows * columns),
                    guarding: side == .after ? .after : .before
                )
                let scales = GuardedBuffer([Float](repeating: 0, count: rows), guarding: side)
                let zeros = GuardedBuffer(
                    [UInt8](repeating: 0, count: rows),
                    guarding: side == .after ? .after : .before
                )
                kernels.table.u8_quantize_rows(
                    rows,
                    columns,
                    x.base,
                    columns,
                    y.base,
                    columns,
                    scales.base,
                    zeros.base,
                    pool
                )
                for i in 0..<rows {
                    let row = x.values[i * columns..<(i + 1) * columns]
                    let low = row.reduce(0, min)
                    let width = row.reduce(0, max) - low
                    let scale: Float = width == 0 ? 1 : width / 255
                    let zero = min(max((-low / scale).rounded(.toNearestOrEven), 0), 255)
                    #expect(scales.base[i] == scale && Float(zeros.base[i]) == zero)
                    let wrong = row.enumerated().count { j, value in
                        let quantised = (value / scale).rounded(.toNearestOrEven) + zero
                        return Float(y.base[i * columns + j]) != min(max(quantised, 0), 255)
                    }
                    #expect(wrong == 0, "\(rows)×\(columns) in \(range)")
                }
            }
        }
    }
}
