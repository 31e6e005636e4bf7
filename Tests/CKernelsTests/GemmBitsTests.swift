import CKernels
import Testing

@Suite("Products of weights of few bits")
struct GemmBitsTests {
    /// Weights [n][blocks of k], as codes and as what they stand for.
    private struct Weights {
        let bitCount: Int
        let block: Int
        let blockCount: Int
        let codes: GuardedBuffer<UInt8>
        let scales: GuardedBuffer<Float>
        let zeros: GuardedBuffer<Float>?

        init(n: Int, k: Int, bitCount: Int, block: Int, hasZeros: Bool, random: inout SeededGenerator) {
            self.bitCount = bitCount
            self.block = block
            blockCount = (k + block - 1) / block
            codes = GuardedBuffer(
                (0..<n * blockCount * block * bitCount / 8).map { _ in UInt8.random(in: 0...255, using: &random) },
                guarding: .after
            )
            scales = GuardedBuffer(random.floats(n * blockCount), guarding: .after)
            zeros = hasZeros ? GuardedBuffer(random.floats(n * blockCount, in: 0...9), guarding: .after) : nil
        }

        func number(_ row: Int, _ column: Int) -> Float {
            let bit = (column * blockCount * block + row) * bitCount
            let code = Int(codes.base[bit / 8] >> UInt8(bit % 8)) & ((1 << bitCount) - 1)
            let index = column * blockCount + row / block
            return (Float(code) - (zeros?.base[index] ?? Float(1 << (bitCount - 1)))) * scales.base[index]
        }
    }

    @Test("the product is the one of what the codes stand for", arguments: Kernels.available, GemmShape.all)
    func product(kernels: Kernels, shape: GemmShape) throws {
        var random = SeededGenerator(seed: UInt64(shape.m * 1000 + shape.n + shape.k))
        let (m, n, k) = (shape.m, shape.n, shape.k)
        let (aStride, cStride) = (k + shape.padding, n + shape.padding)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for (index, bitCount) in [4, 2, 8].enumerated() {
            let weights = Weights(
                n: n,
                k: k,
                bitCount: bitCount,
                block: 16 << ((m + index) % 3),
                hasZeros: (m + index) % 2 == 0,
                random: &random
            )
            let epilogue = Epilogue.all[(m + index) % Epilogue.all.count]
            let left = GuardedBuffer(random.floats(k == 0 ? 0 : rowCount(m, k, aStride)), guarding: .after)
            let bias = GuardedBuffer(random.floats(n), guarding: .after)
            let residual = GuardedBuffer(random.floats(n == 0 ? 0 : rowCount(m, n, cStride)), guarding: .after)
            let expected = reference(
                m: m,
                n: n,
                k: k,
                epilogue: epilogue,
                bias: bias.values,
                residual: { residual.base[$0 * cStride + $1] },
                a: { left.base[$0 * aStride + $1] },
                b: { weights.number($0, $1) }
            )
            let bits = UInt32(bitCount)
            let byteCount = kernels.table.bits_packed_bytes(k, n, bits, weights.block)
            let packed = GuardedBuffer([Float](repeating: .nan, count: (byteCount + 3) / 4), guarding: .after)
            var source = ck_bits_weights()
            source.codes = UnsafePointer(weights.codes.base)
            source.bits = bits
            source.block = weights.block
            source.scales = UnsafePointer(weights.scales.base)
            source.zeros = weights.zeros.map { UnsafePointer($0.base) }
            kernels.table.bits_pack(&source, k, n, packed.base)
            let scratchSize = kernels.table.f32_gemm_bits_scratch_size(m, n, k, aStride, 3)
            let scratch = GuardedBuffer([Float](repeating: .nan, count: scratchSize), guarding: .after)
            for threads in [nil, pool] {
                let c = GuardedBuffer(
                    [Float](repeating: 77, count: n == 0 ? 0 : rowCount(m, n, cStride)),
                    guarding: .after
                )
                epilogue.with(bias: bias, residual: residual.base, residualStride: cStride) {
                    kernels.table.f32_gemm_bits(
                        m,
                        n,
                        k,
                        left.base,
                        aStride,
                        packed.base,
                        bits,
                        weights.block,
                        c.base,
                        cStride,
                        $0,
                        scratch.base,
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
                    "\(bitCount) bits, blocks of \(weights.block)"
                )
            }
        }
    }
}
