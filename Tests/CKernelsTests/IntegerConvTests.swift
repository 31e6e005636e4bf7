import CKernels
import Testing

@Suite("convolutions of 8-bit numbers")
struct IntegerConvTests {
    /// Shapes; which algorithm of floats they have does not matter.
    static let cases: [ConvCase] = [
        ConvCase(CK_CONV_DIRECT, [3, 5], [1, 1], channels: (16, 16)),
        ConvCase(CK_CONV_DIRECT, [7, 7], [1, 1], channels: (37, 52), batch: 2),
        ConvCase(CK_CONV_DIRECT, [9, 11], [1, 1], channels: (48, 33), stride: 2),
        ConvCase(CK_CONV_DIRECT, [8, 8], [1, 1], channels: (20, 64), pad: 1),
        ConvCase(CK_CONV_DIRECT, [7, 7], [3, 3], channels: (32, 80), pad: 1, batch: 2),
        ConvCase(CK_CONV_DIRECT, [14, 13], [3, 3], channels: (20, 16), stride: 2, pad: 1),
        ConvCase(CK_CONV_DIRECT, [12, 10], [3, 2], channels: (40, 144), dilation: 2),
        ConvCase(CK_CONV_DIRECT, [1, 40], [1, 35], channels: (3, 9), pad: 17),
        ConvCase(CK_CONV_DIRECT, [6, 6], [5, 3], channels: (96, 64), groups: 2, pad: 2),
        ConvCase(CK_CONV_DIRECT, [6, 8], [3, 3], channels: (32, 32), groups: 8, pad: 1, batch: 2),
        ConvCase(CK_CONV_DIRECT, [5, 5], [1, 3], channels: (48, 48), groups: 6, stride: 2, pad: 1),
        ConvCase(CK_CONV_DIRECT, [30, 31], [3, 3], channels: (7, 5), pad: 1),
        ConvCase(CK_CONV_DIRECT, [2, 2], [7, 7], channels: (16, 20), pad: 3),
        ConvCase(CK_CONV_DIRECT, [9, 9], [3, 3], channels: (32, 16), pad: 4, dilation: 3),
        ConvCase(CK_CONV_DIRECT, [3, 4, 5], [3, 3, 3], channels: (18, 19), pad: 1),
        ConvCase(CK_CONV_DIRECT, [5, 4, 5], [3, 1, 2], channels: (33, 16), stride: 2, pad: 3),
        ConvCase(CK_CONV_DIRECT, [21, 19], [7, 7], channels: (3, 24), stride: 2, pad: 3, batch: 2),
        ConvCase(CK_CONV_DIRECT, [14, 15], [3, 3], channels: (35, 35), groups: 35, pad: 1),
        ConvCase(CK_CONV_DIRECT, [11, 12], [3, 3], channels: (12, 21), groups: 3, pad: 1),
        ConvCase(CK_CONV_DIRECT, [40, 41], [3, 3], channels: (64, 96), pad: 1),
        ConvCase(CK_CONV_DIRECT, [13, 13], [1, 1], channels: (60, 60), groups: 3),
        // Places behind the end.
        ConvCase(CK_CONV_DIRECT, [5, 7], [1, 1], channels: (37, 52), padBehind: 1, batch: 2),
        ConvCase(CK_CONV_DIRECT, [6, 7], [1, 1], channels: (16, 32), stride: 2, padBehind: 3),
        ConvCase(CK_CONV_DIRECT, [4, 4], [1, 1], channels: (1024, 16)),
        ConvCase(CK_CONV_DIRECT, [2, 8, 8], [1, 3, 3], channels: (32, 32), padBehind: 2),
        // By tiles of 2x2 results.
        ConvCase(CK_CONV_DIRECT, [14, 14], [3, 3], channels: (32, 48), pad: 1, batch: 2),
        ConvCase(CK_CONV_DIRECT, [7, 9], [3, 3], channels: (64, 39), pad: 1),
        ConvCase(CK_CONV_DIRECT, [30, 41], [3, 3], channels: (32, 33)),
        ConvCase(CK_CONV_DIRECT, [6, 6], [3, 3], channels: (320, 40), pad: 2),
        ConvCase(CK_CONV_DIRECT, [3, 9, 8], [1, 3, 3], channels: (96, 64), pad: 1),
    ]

    struct Form {
        let isBlocked: Bool
        let hasSignedInput: Bool
        let hasSignedWeights: Bool
        let hasZeroPoints: Bool
        let hasResidual: Bool
        let function: ck_function
        let side: GuardedBuffer<Float>.Guard

        init(_ number: Int) {
            isBlocked = number & 1 == 0
            hasSignedInput = number & 2 == 0
            hasSignedWeights = number & 4 == 0
            hasZeroPoints = number % 3 != 0
            hasResidual = number % 3 == 1
            function = [CK_RELU, CK_SIGMOID, CK_IDENTITY, CK_CLIP][number % 4]
            side = number % 2 == 0 ? .after : .before
        }
    }

    @Test("sums are exact, padding counts as zero", arguments: Kernels.available, cases)
    func convolution(kernels: Kernels, shape: ConvCase) throws {
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for number in 0..<8 {
            let form = Form(number)
            let wrong = run(kernels.table, shape, form, number % 2 == 0 ? nil : pool)
            #expect(wrong.integers == 0 && wrong.floats == 0, "form \(number)")
        }
    }

    /// How many results are wrong.
    private func run(
        _ table: ck_kernels,
        _ test: ConvCase,
        _ form: Form,
        _ pool: OpaquePointer?
    ) -> (integers: Int, floats: Int) {
        var random = SeededGenerator(seed: UInt64(test.channels.input * 131 + test.input[2] * 7 + test.kernel[2]))
        var shape = test.shape
        let side: GuardedBuffer<UInt8>.Guard = form.side == .after ? .after : .before
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let (pixels, places) = (test.input.reduce(1, *), test.output.reduce(1, *))
        let (inputs, outputs) = (test.channels.input, test.channels.output)
        let image = random.floats(test.batch * inputs * pixels)
        let weights = GuardedBuffer(bytes(inputs / test.groups * outputs * test.kernel.reduce(1, *)), guarding: side)
        let zeros = GuardedBuffer(bytes(outputs), guarding: side)
        let scales = GuardedBuffer(random.floats(outputs, in: 0.01...0.02), guarding: form.side)
        let packed = GuardedBuffer(
            [Float](repeating: .nan, count: table.i8_conv_weights_bytes(&shape) / 4),
            guarding: form.side
        )
        table.i8_conv_pack(
            &shape,
            weights.base,
            form.hasSignedWeights,
            form.hasZeroPoints ? zeros.base : nil,
            1,
            scales.base,
            1,
            packed.base
        )
        let from = GuardedBuffer(
            form.isBlocked
                ? blocked(image, batch: test.batch, channels: inputs, positions: pixels, filler: .nan) : image,
            guarding: form.side
        )
        let inputScale = GuardedBuffer([Float(0.009)], guarding: form.side)
        let inputZero = GuardedBuffer([UInt8(117)], guarding: side)
        var quantization = ck_quantization(
            outer: 1,
            channels: 1,
            inner: 1,
            scales: inputScale.base,
            zero_points: inputZero.base,
            is_signed: form.hasSignedInput
        )
        let layout = form.isBlocked ? CK_BLOCKED : CK_PLAIN
        let scratch = GuardedBuffer(
            [UInt8](repeating: 0x55, count: table.i8_conv_scratch_bytes(&shape, layout, ck_pool_thread_count(pool))),
            guarding: side
        )
        let sums = self.sums(test, form, image, weights.values, form.hasZeroPoints ? zeros.values : nil)
        let expected = blocked(sums, batch: test.batch, channels: outputs, positions: places)
        let integers = GuardedBuffer(
            [Int32](repeating: 77, count: expected.count),
            guarding: form.side == .after ? .after : .before
        )
        table.i32_conv_i8(
            pool,
            &shape,
            layout,
            &quantization,
            from.base,
            packed.base,
            integers.base,
            scratch.base
        )
        let bias = GuardedBuffer(random.floats(outputs), guarding: form.side)
        let residual = GuardedBuffer(random.floats(expected.count), guarding: form.side)
        var end = ck_epilogue(
            scale: 0.75,
            bias: bias.base,
            residual: form.hasResidual ? UnsafePointer(residual.base) : nil,
            residual_stride: 0,
            activation: ck_activation(function: form.function, alpha: 0.2, beta: 0.6)
        )
        let floats = GuardedBuffer([Float](repeating: .nan, count: expected.count), guarding: form.side)
        table.f32_conv_i8(
            pool,
            &shape,
            layout,
            &quantization,
            from.base,
            packed.base,
            &end,
            floats.base,
            scratch.base
        )
        let blocks = (outputs + 15) / 16
        let wrong = expected.indices.count { index in
            let channel = index / 16 / places % blocks * 16 + index % 16
            guard channel < outputs else { return floats.base[index] != 0 }
            var value = Double(expected[index]) * 0.75 * Double(inputScale.base[0]) * Double(scales.base[channel])
            value += Double(bias.base[channel]) + (form.hasResidual ? Double(residual.base[index]) : 0)
            value = ConvCase.activated(form.function, value)
            return !(abs(Double(floats.base[index]) - value) <= 3e-6 * (1 + abs(value)))
        }
        return (zip(integers.values, expected).count { $0 != $1 }, wrong)
    }

    /// The sums of the loop, in the plain layout.
    func sums(
        _ test: ConvCase,
        _ form: Form,
        _ image: [Float],
        _ weights: [UInt8],
        _ zeros: [UInt8]?
    ) -> [Int32] {
        func number(_ bits: UInt8, _ signed: Bool) -> Int { signed ? Int(Int8(bitPattern: bits)) : Int(bits) }
        let zero = number(117, form.hasSignedInput)
        let low: Float = form.hasSignedInput ? -128 : 0
        let numbers = image.map {
            Int(min(max(($0 / Float(0.009)).rounded(.toNearestOrEven) + Float(zero), low), low + 255)) - zero
        }
        let (inputs, outputs) = (test.channels.input / test.groups, test.channels.output / test.groups)
        let (pixels, places, taps) = (
            test.input.reduce(1, *), test.output.reduce(1, *), test.kernel.reduce(1, *)
        )
        var sums = [Int32](repeating: 0, count: test.batch * test.channels.output * places)
        func place(_ axis: Int, _ step: Int, _ tap: Int) -> Int? {
            let place = step * test.stride[axis] + tap * test.dilation[axis] - test.pad[axis]
            return place >= 0 && place < test.input[axis] ? place : nil
        }
        for index in sums.indices {
            let at = index % places
            let (o, b) = (index / places % test.channels.output, index / places / test.channels.output)
            let (x, y, d) = (
                at % test.output[2], at / test.output[2] % test.output[1], at / test.output[2] / test.output[1]
            )
            let shift = zeros.map { number($0[o], form.hasSignedWeights) } ?? 0
            var sum = 0
            for tap in 0..<taps {
                guard let fromX = place(2, x, tap % test.kernel[2]),
                    let fromY = place(1, y, tap / test.kernel[2] % test.kernel[1]),
                    let fromD = place(0, d, tap / test.kernel[2] / test.kernel[1])
                else { continue }
                let pixel = (fromD * test.input[1] + fromY) * test.input[2] + fromX
                for c in 0..<inputs {
                    let channel = b * test.channels.input + o / outputs * inputs + c
                    let weight = number(weights[(o * inputs + c) * taps + tap], form.hasSignedWeights) - shift
                    sum += numbers[channel * pixels + pixel] * weight
                }
            }
            sums[index] = Int32(truncatingIfNeeded: sum)
        }
        return sums
    }
}
