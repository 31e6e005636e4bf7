import CKernels
import Testing

/// The kernels of `ck_conv.h` that this file tests.
let convKernels: [String] = [
    "f32_block", "f32_unblock", "f32_conv_algorithm", "f32_conv_weights_size", "f32_conv_pack",
    "f32_conv_scratch_size", "f32_conv", "f32_max_pool", "f32_average_pool", "f32_global_max_pool",
    "f32_global_average_pool", "f32_pick_channels",
]

private let direct = CK_CONV_DIRECT
private let general = CK_CONV_GENERAL
private let first = CK_CONV_FIRST
private let winograd = CK_CONV_WINOGRAD
private let depthwise = CK_CONV_DEPTHWISE
private let transposed = CK_CONV_TRANSPOSED
private let pointwise = CK_CONV_POINTWISE

@Suite("convolutions")
struct ConvTests {
    static let cases: [ConvCase] = [
        ConvCase(direct, [3, 5], [1, 1], channels: (16, 16)),
        ConvCase(direct, [7, 7], [1, 1], channels: (37, 52), batch: 2, epilogue: .full(CK_RELU)),
        ConvCase(direct, [9, 11], [1, 1], channels: (48, 33), stride: 2, epilogue: .full(CK_SIGMOID)),
        ConvCase(direct, [5, 5], [1, 1], channels: (530, 17), epilogue: .full(CK_CLIP)),
        ConvCase(direct, [7, 7], [3, 3], channels: (32, 80), pad: 1, batch: 2, epilogue: .full(CK_LEAKY_RELU)),
        ConvCase(direct, [14, 13], [3, 3], channels: (20, 16), stride: 2, pad: 1, epilogue: .full(CK_HARD_SWISH)),
        ConvCase(direct, [12, 10], [3, 2], channels: (40, 144), dilation: 2, epilogue: .full(CK_HARD_SIGMOID)),
        ConvCase(direct, [1, 40], [1, 35], channels: (3, 9), pad: 17, epilogue: .full(CK_SILU)),
        ConvCase(direct, [6, 6], [5, 3], channels: (96, 64), groups: 2, pad: 2, epilogue: .bias),
        ConvCase(direct, [6, 8], [3, 3], channels: (32, 32), groups: 8, pad: 1, batch: 2, epilogue: .full(CK_RELU)),
        ConvCase(direct, [5, 5], [1, 3], channels: (48, 48), groups: 6, stride: 2, pad: 1),
        ConvCase(direct, [30, 31], [3, 3], channels: (7, 5), pad: 1),
        ConvCase(direct, [2, 2], [7, 7], channels: (16, 20), pad: 3),
        ConvCase(direct, [3, 4, 5], [3, 3, 3], channels: (18, 19), pad: 1, epilogue: .full(CK_RELU)),
        ConvCase(direct, [5, 4, 5], [3, 1, 2], channels: (33, 16), stride: 2, pad: 3),
        ConvCase(direct, [50, 60], [1, 1], channels: (16, 3)),
        ConvCase(first, [21, 19], [7, 7], channels: (3, 24), stride: 2, pad: 3, batch: 2, epilogue: .full(CK_RELU)),
        ConvCase(first, [33, 32], [3, 3], channels: (1, 80), epilogue: .full(CK_SILU)),
        ConvCase(first, [4, 6, 7], [3, 3, 3], channels: (2, 16), stride: 1, pad: 1, dilation: 2),
        ConvCase(first, [40, 41], [3, 2], channels: (4, 40), pad: 1, epilogue: .bias),
        ConvCase(depthwise, [14, 15], [3, 3], channels: (35, 35), groups: 35, pad: 1, epilogue: .full(CK_CLIP)),
        ConvCase(depthwise, [28, 27], [3, 3], channels: (16, 16), groups: 16, stride: 2, pad: 1, batch: 2),
        ConvCase(depthwise, [7, 7], [5, 5], channels: (20, 20), groups: 20, pad: 2, epilogue: .full(CK_HARD_SWISH)),
        ConvCase(depthwise, [17, 30], [5, 5], channels: (17, 17), groups: 17, stride: 2, pad: 1, epilogue: .bias),
        ConvCase(depthwise, [8, 112], [3, 3], channels: (16, 16), groups: 16, pad: 1, epilogue: .full(CK_RELU)),
        ConvCase(depthwise, [9, 1], [5, 5], channels: (16, 16), groups: 16, stride: 2, pad: 2, epilogue: .bias),
        ConvCase(depthwise, [12, 26], [3, 3], channels: (16, 16), groups: 16, pad: 2, dilation: 2),
        ConvCase(depthwise, [3, 5, 9], [2, 3, 3], channels: (9, 9), groups: 9, pad: 1, epilogue: .full(CK_SIGMOID)),
        ConvCase(depthwise, [2, 3], [7, 7], channels: (18, 18), groups: 18, pad: 3),
        ConvCase(depthwise, [9, 40], [4, 7], channels: (31, 31), groups: 31, stride: 3, pad: 2),
        ConvCase(winograd, [14, 14], [3, 3], channels: (32, 48), pad: 1, batch: 2, epilogue: .full(CK_RELU)),
        ConvCase(winograd, [7, 9], [3, 3], channels: (37, 39), pad: 1, epilogue: .full(CK_SIGMOID)),
        ConvCase(winograd, [30, 41], [3, 3], channels: (18, 20), epilogue: .bias),
        ConvCase(winograd, [3, 3], [3, 3], channels: (300, 16), pad: 2),
        ConvCase(pointwise, [5, 7], [1, 1], channels: (68, 68), groups: 4, batch: 2, epilogue: .full(CK_RELU)),
        ConvCase(pointwise, [14, 14], [1, 1], channels: (24, 112), groups: 4, epilogue: .bias),
        ConvCase(pointwise, [3, 1], [1, 1], channels: (21, 14), groups: 7, epilogue: .full(CK_SIGMOID)),
        ConvCase(pointwise, [2, 3, 29], [1, 1, 1], channels: (544, 30), epilogue: .full(CK_CLIP)),
        ConvCase(pointwise, [9, 9], [1, 1], channels: (9, 270), groups: 9),
        ConvCase(general, [11, 12], [3, 3], channels: (12, 21), groups: 3, pad: 1, epilogue: .full(CK_RELU)),
        ConvCase(
            general,
            [9, 40],
            [3, 5],
            channels: (5, 7),
            stride: 2,
            pad: 2,
            dilation: 2,
            epilogue: .full(CK_SILU)
        ),
        ConvCase(general, [4, 5, 6], [3, 2, 3], channels: (4, 6), groups: 2, pad: 1, batch: 2, epilogue: .bias),
        ConvCase(general, [1, 1], [3, 3], channels: (8, 8), groups: 8, pad: 1),
        ConvCase(transposed, [6, 7], [4, 4], channels: (5, 9), stride: 2, pad: 1, epilogue: .full(CK_RELU)),
        ConvCase(transposed, [5, 20], [3, 3], channels: (8, 12), groups: 2, stride: 1, pad: 1, batch: 2),
        ConvCase(transposed, [3, 4, 5], [2, 3, 3], channels: (3, 4), stride: 3, dilation: 2, epilogue: .bias),
        ConvCase(transposed, [4, 4], [2, 2], channels: (20, 8), stride: 3, pad: 0, epilogue: .full(CK_CLIP)),
    ]

    @Test("results are those of a plain loop", arguments: Kernels.available, cases)
    func resultsAreThoseOfALoop(kernels: Kernels, convolution: ConvCase) {
        for side in GuardedBuffer<Float>.Guard.allCases {
            let (actual, expected) = convolution.run(kernels.table, guarding: side)
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let limit = largest * (convolution.algorithm == winograd ? 1e-4 : 1e-5)
            let worst = zip(actual, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
            #expect(worst <= limit && !actual.contains { $0.isNaN }, "error \(worst) of \(largest)")
        }
    }

    @Test("what is not a number stays so, and infinities pass", arguments: Kernels.available)
    func specialNumbersPass(kernels: Kernels) {
        for algorithm in [direct, first, pointwise, general] {
            var shape = ck_conv_shape(
                batch: 1,
                groups: 1,
                input_channels: 1,
                output_channels: 1,
                input: (1, 1, 5),
                output: (1, 1, 5),
                kernel: (1, 1, 1),
                stride: (1, 1, 1),
                dilation: (1, 1, 1),
                pad: (0, 0, 0)
            )
            var packed = [Float](repeating: 0, count: kernels.table.f32_conv_weights_size(&shape, algorithm))
            var scratch = [Float](repeating: 0, count: kernels.table.f32_conv_scratch_size(&shape, algorithm, 1))
            kernels.table.f32_conv_pack(nil, &shape, algorithm, nil, [1], &packed)
            let values: [Float] = [.nan, .infinity, -.infinity, -2, 3]
            let isBlocked = algorithm == direct || algorithm == pointwise
            let input = isBlocked ? blocked(values, batch: 1, channels: 1, positions: 5) : values
            var output = [Float](repeating: -7, count: algorithm == general ? 5 : 80)
            var epilogue = ck_epilogue(
                scale: 1,
                bias: nil,
                residual: nil,
                residual_stride: 0,
                activation: ck_activation(function: CK_RELU, alpha: 0, beta: 0)
            )
            kernels.table.f32_conv(nil, &shape, algorithm, input, packed, &epilogue, &output, &scratch)
            let results = (0..<5).map { output[algorithm == general ? $0 : $0 * 16] }
            #expect(results[0].isNaN)
            #expect(Array(results[1...]) == [.infinity, 0, 0, 3])
            if algorithm != general { #expect(output.indices.allSatisfy { $0 % 16 == 0 || output[$0] == 0 }) }
        }
    }

    @Test("a convolution of picked channels picks them itself", arguments: Kernels.available, [(36, 4), (50, 1)])
    func channelsArePicked(kernels: Kernels, sizes: (channels: Int, groups: Int)) {
        let (channels, positions) = (sizes.channels, 23)
        var shape = ConvCase(pointwise, [1, positions], [1, 1], channels: (channels, 20), groups: sizes.groups).shape
        var generator = SeededGenerator(seed: 3)
        let order = (0..<channels).map { Int32($0 * 7 % channels) }
        let image = generator.floats(channels * positions)
        let source = GuardedBuffer(
            blocked(image, batch: 1, channels: channels, positions: positions, filler: .nan),
            guarding: .after
        )
        let picked = GuardedBuffer([Float](repeating: .nan, count: source.values.count), guarding: .after)
        kernels.table.f32_pick_channels(nil, 1, channels, positions, order, source.base, picked.base)
        let moved = order.flatMap { image[Int($0) * positions..<(Int($0) + 1) * positions] }
        #expect(picked.values == blocked(moved, batch: 1, channels: channels, positions: positions))

        let weights = generator.floats(channels * 20 / sizes.groups)
        let runs: [(order: [Int32]?, input: GuardedBuffer<Float>)] = [(order, source), (nil, picked)]
        let results = runs.map { order, input -> [Float] in
            let packed = GuardedBuffer(
                [Float](repeating: .nan, count: kernels.table.f32_conv_weights_size(&shape, pointwise))
            )
            kernels.table.f32_conv_pack(nil, &shape, pointwise, order, weights, packed.base)
            let scratch = GuardedBuffer(
                [Float](repeating: .nan, count: kernels.table.f32_conv_scratch_size(&shape, pointwise, 1))
            )
            let output = GuardedBuffer([Float](repeating: .nan, count: 2 * positions * 16), guarding: .after)
            kernels.table.f32_conv(nil, &shape, pointwise, input.base, packed.base, nil, output.base, scratch.base)
            return output.values
        }
        #expect(results[0] == results[1] && results[0].allSatisfy(\.isFinite))
    }

    @Test("sizes of zero are nothing to do", arguments: Kernels.available)
    func zeroSizesDoNothing(kernels: Kernels) {
        for algorithm in [direct, first, depthwise, winograd, pointwise, general, transposed] {
            for emptied in 0..<3 {
                var shape = ck_conv_shape(
                    batch: emptied == 0 ? 0 : 1,
                    groups: 1,
                    input_channels: 1,
                    output_channels: emptied == 1 ? 0 : 1,
                    input: (1, 2, 2),
                    output: (1, emptied == 2 ? 0 : 2, 2),
                    kernel: (1, 3, 3),
                    stride: (1, 1, 1),
                    dilation: (1, 1, 1),
                    pad: (0, 1, 1)
                )
                var packed = [Float](repeating: 0, count: kernels.table.f32_conv_weights_size(&shape, algorithm))
                var scratch = [Float](repeating: 0, count: kernels.table.f32_conv_scratch_size(&shape, algorithm, 1))
                let empty = GuardedBuffer<Float>([])
                kernels.table.f32_conv_pack(nil, &shape, algorithm, nil, [Float](repeating: 1, count: 9), &packed)
                kernels.table.f32_conv(
                    nil,
                    &shape,
                    algorithm,
                    [Float](repeating: 1, count: 64),
                    packed,
                    nil,
                    empty.base,
                    &scratch
                )
            }
        }
    }

    @Test("the algorithm suits the channels, the kernel and what is allowed", arguments: Kernels.available)
    func algorithmSuitsTheShape(kernels: Kernels) {
        func algorithm(_ channels: (Int, Int), groups: Int = 1, kernel: Int = 3, winograd: Bool = true) -> UInt32 {
            var shape = ConvCase(
                direct,
                [56, 56],
                [kernel, kernel],
                channels: channels,
                groups: groups,
                pad: kernel / 2
            ).shape
            return kernels.table.f32_conv_algorithm(&shape, winograd).rawValue
        }
        #expect(algorithm((3, 64)) == first.rawValue)
        #expect(algorithm((64, 64), groups: 64) == depthwise.rawValue)
        #expect(algorithm((64, 64)) == winograd.rawValue)
        #expect(algorithm((64, 64), winograd: false) == direct.rawValue)
        #expect(algorithm((64, 64), kernel: 1) == direct.rawValue)
        #expect(algorithm((64, 64), groups: 4) == direct.rawValue)
        #expect(algorithm((64, 64), groups: 32) == direct.rawValue)
        #expect(algorithm((64, 32), groups: 32) == general.rawValue)
    }

    @Test("blocks are made and unmade", arguments: Kernels.available)
    func blocksAreMadeAndUnmade(kernels: Kernels) {
        var generator = SeededGenerator(seed: 3)
        for (batch, channels, positions) in [(1, 16, 4), (2, 37, 1030), (3, 5, 7), (1, 48, 513), (1, 17, 1), (0, 3, 2)]
        {
            for side in GuardedBuffer<Float>.Guard.allCases {
                let plain = generator.floats(batch * channels * positions)
                let expected = blocked(plain, batch: batch, channels: channels, positions: positions)
                let input = GuardedBuffer(plain, guarding: side)
                let middle = GuardedBuffer([Float](repeating: .nan, count: expected.count), guarding: side)
                kernels.table.f32_block(nil, batch, channels, positions, input.base, middle.base)
                #expect(middle.values == expected)
                let output = GuardedBuffer([Float](repeating: .nan, count: plain.count), guarding: side)
                kernels.table.f32_unblock(nil, batch, channels, positions, middle.base, output.base)
                #expect(output.values == plain)
            }
        }
    }
}
