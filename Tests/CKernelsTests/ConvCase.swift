import CKernels
import Glibc
import Testing

/// A convolution with its random operands, and the loop that its results are held against.
struct ConvCase: CustomTestStringConvertible, Sendable {
    enum Epilogue: Sendable {
        case none
        case bias
        case full(ck_function)
    }

    let algorithm: ck_conv_algorithm
    let epilogue: Epilogue
    let batch: Int
    let groups: Int
    let channels: (input: Int, output: Int)
    let input: [Int]
    let output: [Int]
    let kernel: [Int]
    let stride: [Int]
    let dilation: [Int]
    let pad: [Int]

    init(
        _ algorithm: ck_conv_algorithm,
        _ input: [Int],
        _ kernel: [Int],
        channels: (Int, Int),
        groups: Int = 1,
        stride: Int = 1,
        pad: Int = 0,
        padBehind: Int = 0,
        dilation: Int = 1,
        batch: Int = 1,
        epilogue: Epilogue = .none
    ) {
        func triple(_ sizes: [Int], filler: Int) -> [Int] {
            Array(repeating: filler, count: 3 - sizes.count) + sizes
        }
        self.algorithm = algorithm
        self.epilogue = epilogue
        self.batch = batch
        self.groups = groups
        self.channels = channels
        self.input = triple(input, filler: 1)
        self.kernel = triple(kernel, filler: 1)
        self.stride = triple(input.map { _ in stride }, filler: 1)
        self.dilation = triple(input.map { _ in dilation }, filler: 1)
        self.pad = zip(self.input, self.kernel).map { $0 == 1 && $1 == 1 ? 0 : pad }
        var output = [Int]()
        for axis in 0..<3 {
            let behind = self.input[axis] == 1 && self.kernel[axis] == 1 ? 0 : padBehind
            let reach = self.dilation[axis] * (self.kernel[axis] - 1)
            output.append(
                algorithm == CK_CONV_TRANSPOSED
                    ? (self.input[axis] - 1) * self.stride[axis] + reach + 1 - 2 * self.pad[axis]
                    : (self.input[axis] + 2 * self.pad[axis] + behind - reach - 1) / self.stride[axis] + 1
            )
        }
        self.output = output
    }

    var testDescription: String {
        "algorithm \(algorithm.rawValue), input \(input), kernel \(kernel), channels \(channels), groups \(groups), "
            + "stride \(stride), pad \(pad), dilation \(dilation)"
    }

    var isTransposed: Bool { algorithm == CK_CONV_TRANSPOSED }
    var hasBlockedOutput: Bool { algorithm != CK_CONV_GENERAL && !isTransposed }
    var hasBlockedInput: Bool { hasBlockedOutput && algorithm != CK_CONV_FIRST }

    var shape: ck_conv_shape {
        func triple(_ sizes: [Int]) -> (Int, Int, Int) { (sizes[0], sizes[1], sizes[2]) }
        return ck_conv_shape(
            batch: batch,
            groups: groups,
            input_channels: channels.input,
            output_channels: channels.output,
            input: triple(input),
            output: triple(output),
            kernel: triple(kernel),
            stride: triple(stride),
            dilation: triple(dilation),
            pad: triple(pad)
        )
    }

    /// The results of a table's kernels and of the loop, in the layout of the algorithm.
    func run(_ table: ck_kernels, guarding side: GuardedBuffer<Float>.Guard) -> (actual: [Float], expected: [Double]) {
        var generator = SeededGenerator(seed: UInt64(channels.input * 131 + input[2] * 7 + kernel[2]))
        let pixels = input.reduce(1, *)
        let outputPixels = output.reduce(1, *)
        let image = generator.floats(batch * channels.input * pixels)
        let weights = generator.floats(channels.input * channels.output / groups * kernel.reduce(1, *))
        let bias = generator.floats(channels.output)
        let residual = generator.floats(batch * channels.output * outputPixels)

        var shape = shape
        let plainWeights = GuardedBuffer(weights, guarding: side)
        let packed = GuardedBuffer(
            [Float](repeating: .nan, count: table.f32_conv_weights_size(&shape, algorithm)),
            guarding: side
        )
        table.f32_conv_pack(nil, &shape, algorithm, nil, plainWeights.base, packed.base)
        let scratch = GuardedBuffer(
            [Float](repeating: .nan, count: table.f32_conv_scratch_size(&shape, algorithm, 1)),
            guarding: side
        )
        let from = GuardedBuffer(
            hasBlockedInput
                ? blocked(image, batch: batch, channels: channels.input, positions: pixels, filler: .nan) : image,
            guarding: side
        )
        let expected = reference(image, weights, bias, residual)
        func laidOut<T: ExpressibleByIntegerLiteral>(_ values: [T]) -> [T] {
            hasBlockedOutput
                ? blocked(values, batch: batch, channels: channels.output, positions: outputPixels) : values
        }
        let target = laidOut(expected)
        let to = GuardedBuffer([Float](repeating: .nan, count: target.count), guarding: side)
        let biases = GuardedBuffer(bias, guarding: side)
        let residuals = GuardedBuffer(laidOut(residual), guarding: side)
        var end = ck_epilogue(
            scale: 1,
            bias: nil,
            residual: nil,
            residual_stride: 0,
            activation: ck_activation(function: CK_IDENTITY, alpha: 0, beta: 0)
        )
        switch epilogue {
        case .none: break
        case .bias: end.bias = UnsafePointer(biases.base)
        case .full(let function):
            end.scale = 0.75
            end.bias = UnsafePointer(biases.base)
            end.residual = UnsafePointer(residuals.base)
            end.activation = ck_activation(function: function, alpha: 0.2, beta: 0.6)
        }
        table.f32_conv(nil, &shape, algorithm, from.base, packed.base, &end, to.base, scratch.base)
        return (to.values, target)
    }

    private func reference(_ image: [Float], _ weights: [Float], _ bias: [Float], _ residual: [Float]) -> [Double] {
        let inputs = channels.input / groups
        let outputs = channels.output / groups
        let pixels = output.reduce(1, *)
        var sums = [Double](repeating: 0, count: batch * channels.output * pixels)
        for b in 0..<batch {
            for o in 0..<channels.output {
                for c in 0..<inputs {
                    let source = (b * channels.input + o / outputs * inputs + c) * input.reduce(1, *)
                    let kernelIndex =
                        isTransposed
                        ? (o / outputs * inputs + c) * outputs + o % outputs : o * inputs + c
                    add(
                        image[source...],
                        weights[(kernelIndex * kernel.reduce(1, *))...],
                        to: &sums,
                        at: (b * channels.output + o) * pixels
                    )
                }
            }
        }
        return sums.indices.map { index in
            switch epilogue {
            case .none: return sums[index]
            case .bias: return sums[index] + Double(bias[index / pixels % channels.output])
            case .full(let function):
                let value =
                    0.75 * sums[index] + Double(bias[index / pixels % channels.output]) + Double(residual[index])
                return Self.activated(function, value)
            }
        }
    }

    private func add(_ image: ArraySlice<Float>, _ weights: ArraySlice<Float>, to sums: inout [Double], at start: Int) {
        let steps = isTransposed ? input : output
        let limit = isTransposed ? output : input
        func other(_ axis: Int, _ step: Int, _ tap: Int) -> Int? {
            let place = step * stride[axis] + tap * dilation[axis] - pad[axis]
            return place >= 0 && place < limit[axis] ? place : nil
        }
        for tap in 0..<kernel.reduce(1, *) {
            let weight = Double(weights[weights.startIndex + tap])
            for d in 0..<steps[0] {
                guard let toD = other(0, d, tap / kernel[2] / kernel[1]) else { continue }
                for y in 0..<steps[1] {
                    guard let toY = other(1, y, tap / kernel[2] % kernel[1]) else { continue }
                    for x in 0..<steps[2] {
                        guard let toX = other(2, x, tap % kernel[2]) else { continue }
                        let near = (d * steps[1] + y) * steps[2] + x
                        let far = (toD * limit[1] + toY) * limit[2] + toX
                        sums[start + (isTransposed ? far : near)] +=
                            weight * Double(image[image.startIndex + (isTransposed ? near : far)])
                    }
                }
            }
        }
    }

    static func activated(_ function: ck_function, _ x: Double) -> Double {
        let (alpha, beta) = (0.2, 0.6)
        switch function {
        case CK_RELU: return max(x, 0)
        case CK_CLIP: return min(max(x, alpha), beta)
        case CK_LEAKY_RELU: return x < 0 ? alpha * x : x
        case CK_HARD_SWISH: return x * max(0, min(1, x / 6 + 0.5))
        case CK_HARD_SIGMOID: return max(0, min(1, alpha * x + beta))
        case CK_SIGMOID: return 1 / (1 + exp(-x))
        case CK_SILU: return x / (1 + exp(-x))
        default: return x
        }
    }
}

/// The plain values in blocks of 16 channels; the channels that fill the last block hold `filler`.
func blocked<T: ExpressibleByIntegerLiteral>(
    _ plain: [T],
    batch: Int,
    channels: Int,
    positions: Int,
    filler: T = 0
) -> [T] {
    let blocks = (channels + 15) / 16
    var result = [T](repeating: filler, count: batch * blocks * positions * 16)
    for b in 0..<batch {
        for c in 0..<channels {
            for i in 0..<positions {
                result[((b * blocks + c / 16) * positions + i) * 16 + c % 16] =
                    plain[(b * channels + c) * positions + i]
            }
        }
    }
    return result
}
