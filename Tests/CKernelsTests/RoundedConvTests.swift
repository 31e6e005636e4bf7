import CKernels
import Testing

@Suite("convolutions from 8-bit numbers to 8-bit numbers")
struct RoundedConvTests {
    private typealias Form = IntegerConvTests.Form

    @Test("numbers are the rounded results", arguments: Kernels.available, IntegerConvTests.cases)
    func numbers(kernels: Kernels, test: ConvCase) throws {
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for number in 0..<12 {
            let wrong = run(kernels.table, test, Form(number), number % 2 == 0 ? nil : pool, layout: CK_CHANNELS_LAST)
            #expect(wrong.numbers == 0 && wrong.floats == 0, "form \(number)")
        }
        let wrong = run(kernels.table, test, Form(1), nil, layout: CK_PLAIN)
        #expect(wrong.numbers == 0 && wrong.floats == 0)
    }

    private struct Operands {
        let image: [Float]
        let numbers: [UInt8]
        let weights: GuardedBuffer<UInt8>
        let zeros: GuardedBuffer<UInt8>
        let scales: GuardedBuffer<Float>
        let bias: GuardedBuffer<Float>
        let residual: GuardedBuffer<UInt8>
        let byteSide: GuardedBuffer<UInt8>.Guard

        init(_ test: ConvCase, _ form: Form) {
            var random = SeededGenerator(seed: UInt64(test.channels.input * 31 + test.input[2]))
            func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
            byteSide = form.side == .after ? .after : .before
            let (inputs, outputs) = (test.channels.input, test.channels.output)
            let pixels = test.batch * test.input.reduce(1, *)
            numbers = bytes(pixels * inputs)
            // Floats of which the numbers are made: their halves of a step are far.
            let zero = form.hasSignedInput ? 117 + 128 : 117
            image = numbers.map { Float(Int($0) - zero) * 0.009 }
            weights = GuardedBuffer(
                bytes(inputs / test.groups * outputs * test.kernel.reduce(1, *)),
                guarding: byteSide
            )
            zeros = GuardedBuffer(bytes(outputs), guarding: byteSide)
            scales = GuardedBuffer(random.floats(outputs, in: 0.01...0.02), guarding: form.side)
            bias = GuardedBuffer(random.floats(outputs), guarding: form.side)
            let places = test.batch * test.output.reduce(1, *)
            residual = GuardedBuffer(bytes(places * ck_pixel_bytes(outputs)), guarding: byteSide)
        }
    }

    /// Scales and zero points of the input, the sum, the residual and the result.
    private static let scales: [Float] = [0.009, 0.031, 0.027, 0.043]
    private static let zeros: [UInt8] = [117, 5, 90, 250]

    /// How many numbers are wrong, and how many floats are others than those of an input of floats.
    private func run(
        _ table: ck_kernels,
        _ test: ConvCase,
        _ form: Form,
        _ pool: OpaquePointer?,
        layout: ck_layout
    ) -> (numbers: Int, floats: Int) {
        var shape = test.shape
        let operands = Operands(test, form)
        let packed = GuardedBuffer(
            [Float](repeating: .nan, count: table.i8_conv_weights_bytes(&shape) / 4),
            guarding: form.side
        )
        let zeroPoints = form.hasZeroPoints ? operands.zeros.base : nil
        let scales = operands.scales.base
        table.i8_conv_pack(&shape, operands.weights.base, form.hasSignedWeights, zeroPoints, 1, scales, 1, packed.base)
        let parameters = GuardedBuffer(Self.scales, guarding: form.side)
        let zeros = GuardedBuffer(Self.zeros, guarding: operands.byteSide)
        var forms = (0..<4).map { index in
            ck_quantization(
                outer: 1,
                channels: 1,
                inner: 1,
                scales: parameters.base + index,
                zero_points: zeros.base + index,
                is_signed: index == 0 ? form.hasSignedInput : index % 2 == 1
            )
        }
        let (places, pixels) = (test.output.reduce(1, *), test.input.reduce(1, *))
        let input = GuardedBuffer(
            last(operands.numbers, test.batch, test.channels.input, pixels),
            guarding: operands.byteSide
        )
        let plain = GuardedBuffer(operands.image, guarding: form.side)
        let scratchByteCount = { table.i8_conv_scratch_bytes(&shape, $0, ck_pool_thread_count(pool)) }
        let scratch = GuardedBuffer(
            [UInt8](repeating: 0x55, count: scratchByteCount(layout)),
            guarding: operands.byteSide
        )
        let pixel = ck_pixel_bytes(test.channels.output)
        let result = GuardedBuffer(
            [UInt8](repeating: 7, count: test.batch * places * pixel),
            guarding: operands.byteSide
        )
        var end = ck_epilogue(
            scale: 0.75,
            bias: operands.bias.base,
            residual: nil,
            residual_stride: 0,
            activation: ck_activation(function: form.function, alpha: 0.2, beta: 0.6)
        )
        let from = layout == CK_PLAIN ? UnsafeRawPointer(plain.base) : UnsafeRawPointer(input.base)
        forms.withUnsafeMutableBufferPointer { forms in
            guard let first = forms.baseAddress else { return }
            var rounding = ck_conv_rounding()
            rounding.result = UnsafePointer(first + 3)
            if form.hasResidual {
                rounding.residual = UnsafePointer(operands.residual.base)
                rounding.residual_form = UnsafePointer(first + 2)
                rounding.sum = UnsafePointer(first + 1)
            }
            table.u8_conv_i8(
                pool,
                &shape,
                layout,
                first,
                from,
                packed.base,
                &end,
                &rounding,
                result.base,
                scratch.base
            )
        }
        let sums = IntegerConvTests().sums(
            test,
            form,
            operands.image,
            operands.weights.values,
            form.hasZeroPoints ? operands.zeros.values : nil
        )
        var wrong = 0
        for (index, sum) in sums.enumerated() {
            let (position, channel) = (index % places, index / places % test.channels.output)
            let at = (index / places / test.channels.output * places + position) * pixel + channel
            let value = Double(sum) * 0.75 * Double(Self.scales[0]) * Double(scales[channel])
            let results = expected(value + Double(operands.bias.base[channel]), form, operands.residual.base[at])
            if !results.contains(where: { abs(Double(result.base[at]) - $0) <= 0.5 + 1e-3 }) { wrong += 1 }
        }
        return (wrong, differences(table, test, form, pool, &forms[0], packed, plain, input))
    }

    /// What a sum becomes before it is rounded; two where it lies between two numbers that the residual is added to.
    private func expected(_ value: Double, _ form: Form, _ residual: UInt8) -> [Double] {
        func zero(_ index: Int) -> Double {
            index % 2 == 1 ? Double(Int8(bitPattern: Self.zeros[index])) + 128 : Double(Self.zeros[index])
        }
        func bounded(_ value: Double, _ index: Int) -> Double {
            min(max(value / Double(Self.scales[index]) + zero(index), 0), 255)
        }
        var values = [value]
        if form.hasResidual {
            let addend = (Double(residual) - zero(2)) * Double(Self.scales[2])
            values = [-1e-3, 1e-3].map {
                ((bounded(value, 1) + $0).rounded(.toNearestOrEven) - zero(1)) * Double(Self.scales[1]) + addend
            }
        }
        return values.map { bounded(ConvCase.activated(form.function, $0), 3) }
    }

    /// How many floats are others when the input is numbers than when it is floats.
    private func differences(
        _ table: ck_kernels,
        _ test: ConvCase,
        _ form: Form,
        _ pool: OpaquePointer?,
        _ quantization: inout ck_quantization,
        _ packed: GuardedBuffer<Float>,
        _ plain: GuardedBuffer<Float>,
        _ numbers: GuardedBuffer<UInt8>
    ) -> Int {
        var shape = test.shape
        let count = test.batch * ((test.channels.output + 15) / 16) * 16 * test.output.reduce(1, *)
        var results: [[Float]] = []
        for layout in [CK_PLAIN, CK_CHANNELS_LAST] {
            let byteCount = table.i8_conv_scratch_bytes(&shape, layout, ck_pool_thread_count(pool))
            let scratch = GuardedBuffer([UInt8](repeating: 0x55, count: byteCount), guarding: .after)
            let result = GuardedBuffer([Float](repeating: .nan, count: count), guarding: form.side)
            let input = layout == CK_PLAIN ? UnsafeRawPointer(plain.base) : UnsafeRawPointer(numbers.base)
            table.f32_conv_i8(
                pool,
                &shape,
                layout,
                &quantization,
                input,
                packed.base,
                nil,
                result.base,
                scratch.base
            )
            results.append(result.values)
        }
        return zip(results[0], results[1]).count { $0 != $1 }
    }

    @Test("numbers stand for floats, and the greatest are those of a loop", arguments: Kernels.available)
    func pooling(kernels: Kernels) {
        var random = SeededGenerator(seed: 9)
        for window in PoolingCase.windows {
            let test = PoolingCase(CK_PLAIN, averages: false, countsPadding: false, window)
            let pixels = test.input.reduce(1, *)
            let numbers = (0..<2 * test.channels * pixels).map { _ in UInt8.random(in: 0...255, using: &random) }
            for side in GuardedBuffer<UInt8>.Guard.allCases {
                let input = GuardedBuffer(last(numbers, 2, test.channels, pixels), guarding: side)
                let expected = test.reference(numbers.map { Float($0) }).map { UInt8(max($0, 0)) }
                let places = test.output.reduce(1, *)
                let output = GuardedBuffer(last(expected.map { _ in 0 }, 2, test.channels, places), guarding: side)
                var shape = test.shape
                shape.layout = CK_CHANNELS_LAST
                kernels.table.u8_max_pool(nil, &shape, input.base, output.base)
                var (scale, zero) = (Float(0.25), UInt8(200))
                let floats = GuardedBuffer(
                    blocked(
                        [Float](repeating: .nan, count: expected.count),
                        batch: 2,
                        channels: test.channels,
                        positions: places
                    ),
                    guarding: side == .after ? .after : .before
                )
                withUnsafeMutablePointer(to: &scale) { scale in
                    withUnsafeMutablePointer(to: &zero) { zero in
                        var form = ck_quantization(
                            outer: 1,
                            channels: 1,
                            inner: 1,
                            scales: scale,
                            zero_points: zero,
                            is_signed: false
                        )
                        kernels.table.f32_blocks_of_u8(nil, 2, test.channels, places, &form, output.base, floats.base)
                    }
                }
                let values = expected.map { (Float($0) - 200) * 0.25 }
                #expect(floats.values == blocked(values, batch: 2, channels: test.channels, positions: places))
            }
        }
    }
}

/// Plain numbers with channels last.
private func last(_ plain: [UInt8], _ batch: Int, _ channels: Int, _ positions: Int) -> [UInt8] {
    let pixel = ck_pixel_bytes(channels)
    var result = [UInt8](repeating: 0xA5, count: batch * positions * pixel)
    for b in 0..<batch {
        for c in 0..<channels {
            for i in 0..<positions {
                result[(b * positions + i) * pixel + c] = plain[(b * channels + c) * positions + i]
            }
        }
    }
    return result
}
