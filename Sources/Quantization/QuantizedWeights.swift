import Tensors

/// Weights as numbers of 8 bits around zero, with one scale or one for each index of an axis.
struct QuantizedWeights {
    let numbers: Tensor
    let scales: [Float]

    /// Rounds weights by the greatest magnitude of each channel.
    ///
    /// - Parameter greatest: the greatest magnitude of a number, at most 127.
    /// - Parameter bias: with the scale of the activation; where it would not fit 32 bits, the channel's scale grows.
    init(
        _ weights: Tensor,
        axis: Int?,
        greatest limit: Float,
        bias: Tensor?,
        activationScale: Float
    ) throws(TensorError) {
        let dimensions = weights.shape.dimensions
        let channels = axis.map { dimensions[$0] } ?? 1
        let inner = axis.map { dimensions[($0 + 1)...].reduce(1, *) } ?? weights.shape.elementCount
        let biases = try bias?.elements(as: Float.self) ?? []
        let scales = try weights.withElements(of: Float.self) { elements throws(TensorError) in
            var greatest = [Float](repeating: 0, count: channels)
            for (index, element) in elements.enumerated() {
                let channel = index / inner % channels
                greatest[channel] = max(greatest[channel], abs(element))
            }
            return greatest.enumerated().map { channel, magnitude in
                let scale = max(magnitude / limit, Self.least(for: biases, channel, channels, activationScale))
                return scale.isFinite && scale >= Float.leastNormalMagnitude ? scale : 1
            }
        }
        self.scales = scales
        numbers = try Tensor(of: Int8.self, shape: weights.shape, zeroed: false) { target throws(TensorError) in
            try weights.withElements(of: Float.self) { elements throws(TensorError) in
                for (index, element) in elements.enumerated() {
                    let quotient = (element / scales[index / inner % channels]).rounded(.toNearestOrEven)
                    let number = quotient.isNaN ? 0 : Int8(max(-limit, min(limit, quotient)))
                    target.initializeElement(at: index, to: number)
                }
            }
        }
    }

    /// The least scale of a channel with which its bias stays within 31 bits.
    private static func least(for biases: [Float], _ channel: Int, _ channels: Int, _ activationScale: Float) -> Float {
        guard !biases.isEmpty else { return 0 }
        let greatest = channels == biases.count ? abs(biases[channel]) : biases.map { abs($0) }.max() ?? 0
        return greatest / (activationScale * Float(1 << 30))
    }

    /// A bias as 32-bit numbers, in the scales of the products.
    func quantized(bias: Tensor, activationScale: Float) throws(TensorError) -> (numbers: [Int32], scales: [Float]) {
        let factors = scales.map { $0 * activationScale }
        let numbers = try bias.elements(as: Float.self).enumerated().map { index, element in
            let quotient = Double(element) / Double(factors[factors.count == 1 ? 0 : index])
            let bounded = quotient.isNaN ? 0 : max(-2_147_483_648, min(2_147_483_647, quotient))
            return Int32(bounded.rounded(.toNearestOrEven))
        }
        return (numbers, factors)
    }
}
