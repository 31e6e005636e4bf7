import CKernels

/// A convolution of 8-bit numbers to 8-bit numbers, with random operands.
struct RoundedConvCase {
    typealias Form = IntegerConvTests.Form

    /// Scales and zero points of the input, the sum, the residual and the result; the sum and the result are signed.
    static let scales: [Float] = [0.009, 0.031, 0.027, 0.043]
    static let zeros: [UInt8] = [117, 5, 90, 250]

    let test: ConvCase
    let form: Form
    let image: [Float]
    let plain: GuardedBuffer<Float>
    let numbers: GuardedBuffer<UInt8>
    let weights: GuardedBuffer<UInt8>
    let weightZeros: GuardedBuffer<UInt8>
    let weightScales: GuardedBuffer<Float>
    let bias: GuardedBuffer<Float>
    let residual: GuardedBuffer<UInt8>
    private let parameters: GuardedBuffer<Float>
    private let zeroPoints: GuardedBuffer<UInt8>
    private let byteSide: GuardedBuffer<UInt8>.Guard

    init(_ test: ConvCase, _ form: Form) {
        self.test = test
        self.form = form
        var random = SeededGenerator(seed: UInt64(test.channels.input * 31 + test.input[2]))
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let side: GuardedBuffer<UInt8>.Guard = form.side == .after ? .after : .before
        byteSide = side
        let (inputs, outputs, pixels) = (test.channels.input, test.channels.output, test.input.reduce(1, *))
        let numbers = bytes(test.batch * inputs * pixels)
        // Floats of which the numbers are made: their halves of a step are far.
        let zero = form.hasSignedInput ? 117 + 128 : 117
        image = numbers.map { Float(Int($0) - zero) * 0.009 }
        plain = GuardedBuffer(image, guarding: form.side)
        self.numbers = GuardedBuffer(channelsLast(numbers, test.batch, inputs, pixels), guarding: side)
        weights = GuardedBuffer(bytes(inputs / test.groups * outputs * test.kernel.reduce(1, *)), guarding: side)
        weightZeros = GuardedBuffer(bytes(outputs), guarding: side)
        weightScales = GuardedBuffer(random.floats(outputs, in: 0.01...0.02), guarding: form.side)
        bias = GuardedBuffer(random.floats(outputs), guarding: form.side)
        let places = test.batch * test.output.reduce(1, *)
        residual = GuardedBuffer(bytes(places * ck_pixel_bytes(outputs)), guarding: side)
        parameters = GuardedBuffer(Self.scales, guarding: form.side)
        zeroPoints = GuardedBuffer(Self.zeros, guarding: side)
    }

    /// What numbers stand for, by their place among the scales.
    private func quantization(_ index: Int) -> ck_quantization {
        ck_quantization(
            outer: 1,
            channels: 1,
            inner: 1,
            scales: parameters.base + index,
            zero_points: zeroPoints.base + index,
            is_signed: index == 0 ? form.hasSignedInput : index % 2 == 1
        )
    }

    private func packed(_ table: ck_kernels) -> GuardedBuffer<Float> {
        var shape = test.shape
        let count = table.i8_conv_weights_bytes(&shape) / 4
        let packed = GuardedBuffer([Float](repeating: .nan, count: count), guarding: form.side)
        let zeros = form.hasZeroPoints ? weightZeros.base : nil
        table.i8_conv_pack(
            &shape,
            weights.base,
            form.hasSignedWeights,
            zeros,
            1,
            weightScales.base,
            1,
            packed.base
        )
        return packed
    }

    private func scratch(_ table: ck_kernels, _ layout: ck_layout, _ pool: OpaquePointer?) -> GuardedBuffer<UInt8> {
        var shape = test.shape
        let byteCount = table.i8_conv_scratch_bytes(&shape, layout, ck_pool_thread_count(pool))
        return GuardedBuffer([UInt8](repeating: 0x55, count: byteCount), guarding: byteSide)
    }

    private func input(_ layout: ck_layout) -> UnsafeRawPointer {
        layout == CK_PLAIN ? UnsafeRawPointer(plain.base) : UnsafeRawPointer(numbers.base)
    }

    /// The numbers of a kernel, channels last.
    func numbers(_ table: ck_kernels, _ layout: ck_layout, _ pool: OpaquePointer?) -> [UInt8] {
        var shape = test.shape
        var forms = (0..<4).map { quantization($0) }
        let count = test.batch * test.output.reduce(1, *) * ck_pixel_bytes(test.channels.output)
        let result = GuardedBuffer([UInt8](repeating: 7, count: count), guarding: byteSide)
        let (packed, scratch) = (packed(table), scratch(table, layout, pool))
        var end = ck_epilogue()
        end.scale = 0.75
        end.bias = UnsafePointer(bias.base)
        end.activation = ck_activation(function: form.function, alpha: 0.2, beta: 0.6)
        let from = input(layout)
        forms.withUnsafeMutableBufferPointer { forms in
            guard let first = forms.baseAddress else { return }
            var rounding = ck_conv_rounding()
            rounding.result = UnsafePointer(first + 3)
            if form.hasResidual {
                rounding.residual = UnsafePointer(residual.base)
                rounding.residual_form = UnsafePointer(first + 2)
                rounding.sum = UnsafePointer(first + 1)
            }
            let (to, memory) = (result.base, scratch.base)
            table.u8_conv_i8(pool, &shape, layout, first, from, packed.base, &end, &rounding, to, memory)
        }
        return result.values
    }

    /// The floats of a kernel in blocks of channels, without an epilogue.
    func floats(_ table: ck_kernels, _ layout: ck_layout, _ pool: OpaquePointer?) -> [Float] {
        var shape = test.shape
        var form = quantization(0)
        let count = test.batch * ((test.channels.output + 15) / 16) * 16 * test.output.reduce(1, *)
        let result = GuardedBuffer([Float](repeating: .nan, count: count), guarding: self.form.side)
        let (packed, scratch) = (packed(table), scratch(table, layout, pool))
        let (from, to, memory) = (input(layout), result.base, scratch.base)
        table.f32_conv_i8(pool, &shape, layout, &form, from, packed.base, nil, to, memory)
        return result.values
    }

    /// What a number is before it is rounded, of the sum of a channel at a place; two where the sum lies between two
    /// numbers that the residual is added to.
    func expected(_ sum: Int32, channel: Int, at index: Int) -> [Double] {
        func zero(_ index: Int) -> Double {
            index % 2 == 1 ? Double(Int8(bitPattern: Self.zeros[index])) + 128 : Double(Self.zeros[index])
        }
        func bounded(_ value: Double, _ index: Int) -> Double {
            min(max(value / Double(Self.scales[index]) + zero(index), 0), 255)
        }
        let scaled = Double(sum) * 0.75 * Double(Self.scales[0]) * Double(weightScales.base[channel])
        var values = [scaled + Double(bias.base[channel])]
        if form.hasResidual {
            let addend = (Double(residual.base[index]) - zero(2)) * Double(Self.scales[2])
            values = [-1e-3, 1e-3].map {
                ((bounded(values[0], 1) + $0).rounded(.toNearestOrEven) - zero(1)) * Double(Self.scales[1]) + addend
            }
        }
        return values.map { bounded(ConvCase.activated(form.function, $0), 3) }
    }
}

/// Plain numbers with channels last.
func channelsLast(_ plain: [UInt8], _ batch: Int, _ channels: Int, _ positions: Int) -> [UInt8] {
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
