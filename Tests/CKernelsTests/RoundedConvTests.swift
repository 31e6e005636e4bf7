import CKernels
import Testing

@Suite("convolutions from 8-bit numbers to 8-bit numbers")
struct RoundedConvTests {
    @Test("numbers are the rounded results", arguments: Kernels.available, IntegerConvTests.cases)
    func numbers(kernels: Kernels, test: ConvCase) throws {
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for number in 0..<12 {
            let example = RoundedConvCase(test, RoundedConvCase.Form(number))
            let threads = number % 2 == 0 ? nil : pool
            let layout = number == 5 ? CK_PLAIN : CK_CHANNELS_LAST
            #expect(wrongCount(of: example.numbers(kernels.table, layout, threads), example) == 0, "form \(number)")
            let floats = example.floats(kernels.table, CK_CHANNELS_LAST, threads)
            #expect(floats == example.floats(kernels.table, CK_PLAIN, threads), "form \(number)")
        }
    }

    /// How many numbers are other than those of the loop.
    private func wrongCount(of numbers: [UInt8], _ example: RoundedConvCase) -> Int {
        let (test, form) = (example.test, example.form)
        let zeros = form.hasZeroPoints ? example.weightZeros.values : nil
        let sums = IntegerConvTests().sums(test, form, example.image, example.weights.values, zeros)
        let (places, channels) = (test.output.reduce(1, *), test.channels.output)
        return sums.indices.count { index in
            let (position, channel) = (index % places, index / places % channels)
            let at = (index / places / channels * places + position) * ck_pixel_bytes(channels) + channel
            let results = example.expected(sums[index], channel: channel, at: at)
            return !results.contains { abs(Double(numbers[at]) - $0) <= 0.5 + 1e-3 }
        }
    }

    @Test("the greatest numbers are those of a loop", arguments: Kernels.available)
    func pooling(kernels: Kernels) {
        var random = SeededGenerator(seed: 9)
        for window in PoolingCase.windows {
            let test = PoolingCase(CK_PLAIN, averages: false, countsPadding: false, window)
            let (pixels, places) = (test.input.reduce(1, *), test.output.reduce(1, *))
            let numbers = (0..<2 * test.channels * pixels).map { _ in UInt8.random(in: 0...255, using: &random) }
            let expected = test.reference(numbers.map { Float($0) }).map { UInt8(max($0, 0)) }
            for side in GuardedBuffer<UInt8>.Guard.allCases {
                let input = GuardedBuffer(channelsLast(numbers, 2, test.channels, pixels), guarding: side)
                let count = 2 * places * ck_pixel_bytes(test.channels)
                let output = GuardedBuffer([UInt8](repeating: 7, count: count), guarding: side)
                var shape = test.shape
                shape.layout = CK_CHANNELS_LAST
                kernels.table.u8_max_pool(nil, &shape, input.base, output.base)
                let values = floats(kernels.table, output, channels: test.channels, places: places)
                let floats = expected.map { (Float($0) - 200) * 0.25 }
                #expect(values == blocked(floats, batch: 2, channels: test.channels, positions: places))
            }
        }
    }

    /// What the numbers of two images stand for, in blocks of channels.
    private func floats(
        _ table: ck_kernels,
        _ numbers: GuardedBuffer<UInt8>,
        channels: Int,
        places: Int
    ) -> [Float] {
        let scale = GuardedBuffer([Float(0.25)])
        let zero = GuardedBuffer([UInt8(200)])
        var form = ck_quantization(
            outer: 1,
            channels: 1,
            inner: 1,
            scales: scale.base,
            zero_points: zero.base,
            is_signed: false
        )
        let count = 2 * ((channels + 15) / 16) * 16 * places
        let floats = GuardedBuffer([Float](repeating: .nan, count: count))
        table.f32_blocks_of_u8(nil, 2, channels, places, &form, numbers.base, floats.base)
        return floats.values
    }
}
