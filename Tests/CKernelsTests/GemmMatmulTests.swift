import CKernels
import Testing

@Suite("Products of dynamic operands")
struct GemmMatmulTests {
    @Test("batches by any strides are the products in Double", arguments: Kernels.available, GemmShape.all)
    func batches(kernels: Kernels, shape: GemmShape) throws {
        var random = SeededGenerator(seed: UInt64(shape.m * 1000 + shape.n + shape.k))
        let (m, n, k) = (shape.m, shape.n, shape.k)
        let (cStride, residualStride) = (n + shape.padding, n + 2 * shape.padding)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for layout in 0..<4 {
            let epilogue = Epilogue.all[(layout + m) % Epilogue.all.count]
            let side: GuardedBuffer<Float>.Guard = layout % 2 == 0 ? .after : .before
            let batch = m * n * k > 100_000 ? 2 : 3
            let a = GemmTests.strides(layout & 1 != 0, k: m, n: k, padding: shape.padding)
            let b = GemmTests.strides(layout & 2 != 0, k: k, n: n, padding: shape.padding)
            let aCount = k == 0 || m == 0 ? 0 : (m - 1) * a.row + (k - 1) * a.column + 1
            let bCount = k == 0 || n == 0 ? 0 : (k - 1) * b.row + (n - 1) * b.column + 1
            let left = GuardedBuffer(random.floats(batch * aCount), guarding: side)
            let right = GuardedBuffer(random.floats(2 * bCount), guarding: side)
            let bias = GuardedBuffer(random.floats(n), guarding: side)
            let residualCount = n == 0 ? 0 : (batch - 1) * m * residualStride + rowCount(m, n, residualStride)
            let residual = GuardedBuffer(random.floats(max(0, residualCount)), guarding: side)
            let aOffsets = (0..<batch).map { (batch - 1 - $0) * aCount }
            let bOffsets = (0..<batch).map { $0 % 2 * bCount }
            let cCount = n == 0 ? 0 : rowCount(m, n, cStride)
            let cOffsets = (0..<batch).map { ($0 + 1) % batch * cCount }
            let size = kernels.table.f32_matmul_scratch_size(batch, m, n, k, 3)
            let scratch = GuardedBuffer([Float](repeating: .nan, count: size), guarding: side)
            for threads in [nil, pool] {
                let c = GuardedBuffer([Float](repeating: 77, count: batch * cCount), guarding: side)
                aOffsets.withUnsafeBufferPointer { aOffsets in
                    bOffsets.withUnsafeBufferPointer { bOffsets in
                        cOffsets.withUnsafeBufferPointer { cOffsets in
                            var lefts = Self.matrices(left.base, aOffsets, a)
                            var rights = Self.matrices(right.base, bOffsets, b)
                            epilogue.with(bias: bias, residual: residual.base, residualStride: residualStride) {
                                kernels.table.f32_matmul(
                                    batch,
                                    m,
                                    n,
                                    k,
                                    &lefts,
                                    &rights,
                                    c.base,
                                    cStride,
                                    cOffsets.baseAddress,
                                    $0,
                                    scratch.base,
                                    threads
                                )
                            }
                        }
                    }
                }
                for i in 0..<batch {
                    let expected = reference(
                        m: m,
                        n: n,
                        k: k,
                        epilogue: epilogue,
                        bias: bias.values,
                        residual: { residual.base[(i * m + $0) * residualStride + $1] },
                        a: { left.base[aOffsets[i] + $0 * a.row + $1 * a.column] },
                        b: { right.base[bOffsets[i] + $0 * b.row + $1 * b.column] }
                    )
                    expectRows(
                        Array(c.values[cOffsets[i]..<cOffsets[i] + cCount]),
                        stride: cStride,
                        m: m,
                        n: n,
                        near: expected,
                        untouched: 77,
                        "layout \(layout), \(epilogue.testDescription)"
                    )
                }
            }
        }
    }

    @Test("without offsets one matrix serves the batch, and strides may be negative", arguments: Kernels.available)
    func sharedAndReversed(kernels: Kernels) {
        var random = SeededGenerator(seed: 3)
        for (m, n, k) in [(1, 40, 9), (3, 33, 20), (31, 70, 130)] {
            let left = GuardedBuffer(random.floats(m * k))
            let right = GuardedBuffer(random.floats(2 * k * n))
            let residual = random.floats(2 * m * n)
            let c = GuardedBuffer(residual)
            let bias = GuardedBuffer(random.floats(n))
            let epilogue = Epilogue(hasResidual: true)
            let scratch = GuardedBuffer(
                [Float](repeating: 0, count: kernels.table.f32_matmul_scratch_size(2, m, n, k, 1))
            )
            var lefts = ck_f32_matrices(
                elements: left.base + (m - 1) * k,
                offsets: nil,
                row_stride: -k,
                column_stride: 1
            )
            let offsets = [(k - 1) * n, (2 * k - 1) * n]
            offsets.withUnsafeBufferPointer { offsets in
                var rights = Self.matrices(right.base, offsets, (-n, 1))
                epilogue.with(bias: bias, residual: c.base, residualStride: n) {
                    kernels.table.f32_matmul(2, m, n, k, &lefts, &rights, c.base, n, nil, $0, scratch.base, nil)
                }
            }
            for i in 0..<2 {
                let expected = reference(
                    m: m,
                    n: n,
                    k: k,
                    epilogue: epilogue,
                    bias: [],
                    residual: { residual[(i * m + $0) * n + $1] },
                    a: { left.base[(m - 1 - $0) * k + $1] },
                    b: { right.base[((i + 1) * k - 1 - $0) * n + $1] }
                )
                expectRows(
                    Array(c.values[i * m * n..<(i + 1) * m * n]),
                    stride: n,
                    m: m,
                    n: n,
                    near: expected,
                    untouched: 0,
                    "\(m)×\(n)×\(k)"
                )
            }
        }
    }

    private static func matrices(
        _ elements: UnsafePointer<Float>,
        _ offsets: UnsafeBufferPointer<Int>,
        _ strides: (row: Int, column: Int)
    ) -> ck_f32_matrices {
        ck_f32_matrices(
            elements: elements,
            offsets: offsets.baseAddress,
            row_stride: strides.row,
            column_stride: strides.column
        )
    }
}
