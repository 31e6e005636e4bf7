import CKernels
import Testing

let quantizeKernels = [
    "u8_range", "i8_quantize", "i8_dequantize", "f32_requantize", "i8_conv_weights_bytes", "i8_conv_pack",
    "i8_conv_scratch_bytes", "f32_conv_i8", "i32_conv_i8", "u8_conv_i8", "f32_blocks_of_u8", "u8_max_pool",
]

@Suite("Numbers of 8 bits and floats")
struct QuantizeTests {
    /// Extents, the last of which vectors divide or not.
    private static let shapes = [
        (1, 1, 0), (1, 1, 1), (1, 1, 7), (1, 1, 64), (2, 3, 5), (1, 4, 33), (3, 5, 1), (1, 1, 100_003), (2, 40_000, 1),
    ]

    @Test("numbers are the rounded quotients, and floats what they stand for", arguments: Kernels.available)
    func quantise(kernels: Kernels) throws {
        var random = SeededGenerator(seed: 5)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for (index, (outer, channels, inner)) in Self.shapes.enumerated() {
            for form in 0..<4 {
                let isSigned = form % 2 == 1
                let count = outer * channels * inner
                let floatSide: GuardedBuffer<Float>.Guard = index % 2 == 0 ? .after : .before
                let byteSide: GuardedBuffer<UInt8>.Guard = index % 2 == 0 ? .after : .before
                let scales = GuardedBuffer(random.floats(channels, in: 0.01...0.5), guarding: floatSide)
                let zeroBytes = (0..<channels).map { _ in UInt8.random(in: 0...255, using: &random) }
                let zeros = form < 2 ? nil : GuardedBuffer(zeroBytes, guarding: byteSide)
                let x = GuardedBuffer(random.floats(count, in: -60...60), guarding: floatSide)
                let extremes: [Float] = [.infinity, -.infinity, 1e30, -1e30]
                for (place, value) in extremes.enumerated() where place < count / 2 {
                    x.base[place] = value
                }
                // Halves of a step go to even.
                if inner > 6 { for place in 4..<6 { x.base[place] = scales.base[0] * (Float(place) + 0.5) } }
                let y = GuardedBuffer([UInt8](repeating: 7, count: count), guarding: byteSide)
                let back = GuardedBuffer([Float](repeating: 7, count: count), guarding: floatSide)
                let direct = GuardedBuffer([Float](repeating: 7, count: count), guarding: floatSide)
                var quantization = ck_quantization(
                    outer: outer,
                    channels: channels,
                    inner: inner,
                    scales: scales.base,
                    zero_points: zeros.map { UnsafeRawPointer($0.base) },
                    is_signed: isSigned
                )
                kernels.table.i8_quantize(&quantization, x.base, y.base, pool)
                kernels.table.i8_dequantize(&quantization, y.base, back.base, pool)
                kernels.table.f32_requantize(&quantization, x.base, direct.base, pool)
                let (low, high): (Float, Float) = isSigned ? (-128, 127) : (0, 255)
                var wrong = 0
                for place in 0..<count {
                    let channel = place / inner % channels
                    let scale = scales.base[channel]
                    let zero = zeros.map { Self.number($0.base[channel], isSigned) } ?? 0
                    let quotient = (x.base[place] / scale).rounded(.toNearestOrEven) + zero
                    let number = min(max(quotient, low), high)
                    let float = (number - zero) * scale
                    if Self.number(y.base[place], isSigned) != number { wrong += 1 }
                    if back.base[place] != float || direct.base[place] != float { wrong += 1 }
                }
                #expect(wrong == 0, "\(outer)×\(channels)×\(inner), form \(form)")
                kernels.table.f32_requantize(&quantization, x.base, x.base, nil)
                #expect(x.values == direct.values)
            }
        }
    }

    private static func number(_ bits: UInt8, _ isSigned: Bool) -> Float {
        isSigned ? Float(Int8(bitPattern: bits)) : Float(bits)
    }

    @Test("a range gives the scale and the zero point of DynamicQuantizeLinear", arguments: Kernels.available)
    func range(kernels: Kernels) throws {
        var random = SeededGenerator(seed: 6)
        let pool = try #require(ck_pool_create(3))
        defer { ck_pool_destroy(pool) }
        for count in [1, 5, 8, 31, 150_001] {
            for range in [-1...1, 0.5...3, -7 ... -2, 0...0, -1e-3...100] as [ClosedRange<Float>] {
                let x = GuardedBuffer(random.floats(count, in: range))
                var (scale, zero): (Float, UInt8) = (0, 0)
                kernels.table.u8_range(x.base, count, &scale, &zero, pool)
                let low = x.values.reduce(0, min)
                let width = x.values.reduce(0, max) - low
                #expect(scale == (width == 0 ? 1 : width / 255))
                #expect(Float(zero) == min(max((-low / scale).rounded(.toNearestOrEven), 0), 255))
            }
        }
    }
}
