import CKernels
import Testing

@Suite struct LooseWeightsTests {
    @Test(arguments: Kernels.available)
    func `weights are packed from any boundary`(kernels: Kernels) {
        var generator = SeededGenerator(seed: 3)
        let table = kernels.table
        for (k, n) in [(64, 48), (37, 19), (1100, 33)] {
            for (rowStride, columnStride) in [(n, 1), (1, k)] {
                expectSame(generator.floats(k * n), count: table.f32_packed_size(k, n)) {
                    table.f32_pack($0, rowStride, columnStride, k, n, $1)
                }
            }
        }
        expectSame(generator.floats(4 * 24 * 24), count: table.f32_recurrent_pack_size(4, 24)) {
            table.f32_recurrent_pack(4, 24, $0, $1)
        }
        let algorithms = [CK_CONV_GENERAL, CK_CONV_DIRECT, CK_CONV_FIRST, CK_CONV_WINOGRAD, CK_CONV_TRANSPOSED]
        for algorithm in algorithms {
            var shape = ck_conv_shape(
                batch: 1,
                groups: 1,
                input_channels: 20,
                output_channels: 40,
                input: (1, 16, 16),
                output: (1, 16, 16),
                kernel: (1, 3, 3),
                stride: (1, 1, 1),
                dilation: (1, 1, 1),
                pad: (0, 1, 1)
            )
            expectSame(generator.floats(20 * 40 * 9), count: table.f32_conv_weights_size(&shape, algorithm)) {
                table.f32_conv_pack(nil, &shape, algorithm, nil, $0, $1)
            }
        }
    }

    /// Packs weights from a boundary of floats, and from one byte behind it up to the end of a page.
    private func expectSame(
        _ weights: [Float],
        count: Int,
        _ pack: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let aligned = GuardedBuffer(weights)
        let bytes = GuardedBuffer([0, 0, 0] + weights.flatMap { withUnsafeBytes(of: $0) { Array($0) } } + [0])
        let loose = UnsafeRawPointer(bytes.base + 3).assumingMemoryBound(to: Float.self)
        let (one, other) = (
            GuardedBuffer([Float](repeating: .nan, count: count)), GuardedBuffer([Float](repeating: .nan, count: count))
        )
        pack(aligned.base, one.base)
        pack(loose, other.base)
        #expect(one.values.map(\.bitPattern) == other.values.map(\.bitPattern))
    }
}
