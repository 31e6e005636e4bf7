import CKernels
import Testing

/// A pooling with its random input, and the loop that its results are held against.
struct PoolingCase: CustomTestStringConvertible, Sendable {
    let layout: ck_layout
    let averages: Bool
    let channels: Int
    let input: [Int]
    let output: [Int]
    let kernel: [Int]
    let stride: [Int]
    let dilation: [Int]
    let pad: [Int]
    let padEnd: [Int]
    let countsPadding: Bool

    var testDescription: String {
        "\(averages ? "average" : "max"), layout \(layout.rawValue), \(channels) channels of \(input) to \(output), "
            + "kernel \(kernel), stride \(stride), dilation \(dilation), pads \(pad) \(padEnd), \(countsPadding)"
    }

    init(_ layout: ck_layout, averages: Bool, countsPadding: Bool, _ window: Window) {
        let sizes = window.input.indices.map { axis -> Int in
            let isFlat = window.input[axis] == 1
            let padded = window.input[axis] + window.pad[axis] + window.padEnd[axis]
            let reach = (isFlat ? 1 : window.dilation) * (window.kernel[axis] - 1) + 1
            return (padded - reach) / (isFlat ? 1 : window.stride) + 1
        }
        self.layout = layout
        self.averages = averages
        self.countsPadding = countsPadding
        channels = window.channels
        input = window.input
        output = sizes
        kernel = window.kernel
        stride = window.input.map { $0 == 1 ? 1 : window.stride }
        dilation = window.input.map { $0 == 1 ? 1 : window.dilation }
        pad = window.pad
        padEnd = window.padEnd
    }

    struct Window: Sendable {
        let channels: Int
        let input: [Int]
        let kernel: [Int]
        let stride: Int
        let dilation: Int
        let pad: [Int]
        let padEnd: [Int]

        init(_ channels: Int, _ input: [Int], _ kernel: [Int], _ stride: Int, _ dilation: Int, _ pads: [[Int]]) {
            self.channels = channels
            self.input = input
            self.kernel = kernel
            self.stride = stride
            self.dilation = dilation
            pad = pads[0]
            padEnd = pads[1]
        }
    }

    static let windows: [Window] = [
        Window(37, [1, 13, 14], [1, 3, 3], 2, 1, [[0, 1, 1], [0, 1, 1]]),
        Window(16, [1, 9, 9], [1, 2, 2], 2, 1, [[0, 0, 0], [0, 1, 1]]),
        Window(3, [1, 1, 70], [1, 1, 5], 1, 2, [[0, 0, 2], [0, 0, 3]]),
        Window(18, [5, 6, 7], [3, 2, 3], 1, 1, [[1, 1, 2], [1, 0, 0]]),
        Window(5, [1, 4, 4], [1, 4, 4], 3, 1, [[0, 3, 3], [0, 3, 2]]),
    ]

    static var all: [PoolingCase] {
        var cases = [PoolingCase]()
        for layout in [CK_PLAIN, CK_BLOCKED] {
            for window in windows {
                cases.append(PoolingCase(layout, averages: false, countsPadding: false, window))
                cases.append(PoolingCase(layout, averages: true, countsPadding: false, window))
                cases.append(PoolingCase(layout, averages: true, countsPadding: true, window))
            }
        }
        return cases
    }

    var shape: ck_pooling_shape {
        func triple(_ sizes: [Int]) -> (Int, Int, Int) { (sizes[0], sizes[1], sizes[2]) }
        return ck_pooling_shape(
            layout: layout,
            batch: 2,
            channels: channels,
            input: triple(input),
            output: triple(output),
            kernel: triple(kernel),
            stride: triple(stride),
            dilation: triple(dilation),
            pad: triple(pad),
            pad_end: triple(padEnd),
            counts_padding: countsPadding
        )
    }

    func reference(_ image: [Float]) -> [Double] {
        var results = [Double]()
        for plane in 0..<2 * channels {
            for place in 0..<output.reduce(1, *) {
                let at = [place / output[2] / output[1], place / output[2] % output[1], place % output[2]]
                var (sum, largest, real, counted) = (0.0, -Double.infinity, 0, 0)
                for tap in 0..<kernel.reduce(1, *) {
                    let taps = [tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1], tap % kernel[2]]
                    let from = (0..<3).map { at[$0] * stride[$0] + taps[$0] * dilation[$0] - pad[$0] }
                    counted += (0..<3).allSatisfy { from[$0] < input[$0] + padEnd[$0] } ? 1 : 0
                    guard (0..<3).allSatisfy({ from[$0] >= 0 && from[$0] < input[$0] }) else { continue }
                    let value = image[((plane * input[0] + from[0]) * input[1] + from[1]) * input[2] + from[2]]
                    real += 1
                    sum += Double(value)
                    largest = max(largest, Double(value))
                }
                let count = countsPadding ? counted : real
                results.append(averages ? (count == 0 ? 0 : sum / Double(count)) : largest)
            }
        }
        return results
    }
}

@Suite("pooling")
struct PoolingTests {
    @Test("results are those of a plain loop", arguments: Kernels.available, PoolingCase.all)
    func resultsAreThoseOfALoop(kernels: Kernels, pooling: PoolingCase) {
        var generator = SeededGenerator(seed: 5)
        let pixels = pooling.input.reduce(1, *)
        let image = generator.floats(2 * pooling.channels * pixels)
        func laidOut<T: ExpressibleByIntegerLiteral>(_ values: [T], _ positions: Int) -> [T] {
            pooling.layout == CK_BLOCKED
                ? blocked(values, batch: 2, channels: pooling.channels, positions: positions) : values
        }
        let expected = laidOut(pooling.reference(image), pooling.output.reduce(1, *))
        for side in GuardedBuffer<Float>.Guard.allCases {
            let input = GuardedBuffer(laidOut(image, pixels), guarding: side)
            let output = GuardedBuffer([Float](repeating: .nan, count: expected.count), guarding: side)
            var shape = pooling.shape
            if pooling.averages {
                kernels.table.f32_average_pool(nil, &shape, input.base, output.base)
            } else {
                kernels.table.f32_max_pool(nil, &shape, input.base, output.base)
            }
            #expect(zip(output.values, expected).allSatisfy { abs(Double($0) - $1) <= 1e-6 || Double($0) == $1 })
        }
    }

    @Test("global results are those of a plain loop", arguments: Kernels.available, [CK_PLAIN, CK_BLOCKED])
    func globalResultsAreThoseOfALoop(kernels: Kernels, layout: ck_layout) {
        var generator = SeededGenerator(seed: 6)
        for (batch, channels, positions) in [(1, 16, 49), (2, 37, 196), (3, 5, 1), (1, 20, 7), (2, 3, 1031)] {
            let image = generator.floats(batch * channels * positions)
            let planes = (0..<batch * channels).map { image[($0 * positions)..<(($0 + 1) * positions)] }
            let averages = planes.map { $0.reduce(0) { $0 + Double($1) } / Double(positions) }
            let largest = planes.map { $0.reduce(-Double.infinity) { max($0, Double($1)) } }
            func laidOut<T: ExpressibleByIntegerLiteral>(_ values: [T], _ positions: Int) -> [T] {
                layout == CK_BLOCKED
                    ? blocked(values, batch: batch, channels: channels, positions: positions) : values
            }
            for side in GuardedBuffer<Float>.Guard.allCases {
                let input = GuardedBuffer(laidOut(image, positions), guarding: side)
                let count = laidOut(averages, 1).count
                let average = GuardedBuffer([Float](repeating: .nan, count: count), guarding: side)
                let most = GuardedBuffer([Float](repeating: .nan, count: count), guarding: side)
                kernels.table.f32_global_average_pool(
                    nil,
                    layout,
                    batch,
                    channels,
                    positions,
                    input.base,
                    average.base
                )
                kernels.table.f32_global_max_pool(nil, layout, batch, channels, positions, input.base, most.base)
                #expect(zip(average.values, laidOut(averages, 1)).allSatisfy { abs(Double($0) - $1) < 1e-5 })
                #expect(most.values.map { Double($0) } == laidOut(largest, 1))
            }
        }
    }

    @Test("a maximum keeps what is not a number", arguments: Kernels.available, [CK_PLAIN, CK_BLOCKED])
    func maximaKeepNaN(kernels: Kernels, layout: ck_layout) {
        for place in 0..<9 {
            var image = [Float](repeating: 1, count: 9)
            image[place] = .nan
            let values = layout == CK_BLOCKED ? blocked(image, batch: 1, channels: 1, positions: 9) : image
            var shape = ck_pooling_shape(
                layout: layout,
                batch: 1,
                channels: 1,
                input: (1, 3, 3),
                output: (1, 1, 1),
                kernel: (1, 3, 3),
                stride: (1, 1, 1),
                dilation: (1, 1, 1),
                pad: (0, 0, 0),
                pad_end: (0, 0, 0),
                counts_padding: false
            )
            var output = [Float](repeating: 0, count: 16)
            kernels.table.f32_max_pool(nil, &shape, values, &output)
            #expect(output[0].isNaN)
            output[0] = 0
            kernels.table.f32_global_max_pool(nil, layout, 1, 1, 9, values, &output)
            #expect(output[0].isNaN)
        }
    }
}
