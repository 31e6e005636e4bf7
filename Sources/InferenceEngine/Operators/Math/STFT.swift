import Diagnostics
import OnnxIR
import Tensors

/// The discrete Fourier transforms of frames that move along a signal, each weighed by a window.
///
/// *Shapes*: `[batch, samples, 1 or 2] → [batch, frames, bins, 2]`.
struct STFT: Operator {
    private let isOneSided: Bool

    static let definition = OperatorDefinition("STFT", since: 17, halves: .widened) { node throws(EngineError) in
        STFT(isOneSided: try node.bool("onesided", default: true))
    }

    private func binCount(_ length: Int) -> Int { isOneSided ? length / 2 + 1 : length }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var shape: [Dimension] = [.unknown, .unknown, .unknown, .fixed(2)]
        guard let signal = inputs.shape(), signal.count == 3 else { return [.tensor(inputs.elementType(), shape)] }
        shape[0] = signal[0]
        var length = signal[1].extent
        if inputs.has(3) {
            length = inputs[3].integers?.first
        } else if inputs.has(2) {
            length = inputs.shape(2)?.first?.extent
        }
        if let length, length > 0 {
            shape[2] = .fixed(binCount(length))
            if let step = inputs[1].integers?.first, step > 0 {
                shape[1] = signal[1].map { $0 < length ? nil : ($0 - length) / step + 1 }
            }
        }
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let signal = try call.tensor(0)
        switch signal.elementType {
        case .float: return [.tensor(try transformed(Float.self, signal, call))]
        case .double: return [.tensor(try transformed(Double.self, signal, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func transformed<Element: RealElement>(
        _ type: Element.Type,
        _ signal: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard signal.shape.rank == 3, signal.shape[2] == 1 || signal.shape[2] == 2 else {
            throw EngineError(
                .shape,
                "the signal has shape \(signal.shape), expected a batch of real or complex samples"
            )
        }
        let (batch, sampleCount, partCount) = (signal.shape[0], signal.shape[1], signal.shape[2])
        guard partCount == 1 || !isOneSided else {
            throw EngineError(.shape, "the signal has shape \(signal.shape), expected a real one for half a spectrum")
        }
        let window = try call.optionalTensor(2)
        let length = try call.integers(3)?.first ?? window?.shape.elementCount ?? sampleCount
        try call.checkTransform(length)
        guard let step = try call.integers(1)?.first, step > 0 else {
            throw EngineError(.value, "the step from frame to frame is missing or below 1, expected 1 or more")
        }
        guard window == nil || window?.shape.dimensions == [length] else {
            throw EngineError(.shape, "the window has shape \(window?.shape ?? .scalar), expected [\(length)]")
        }
        guard sampleCount >= length else {
            throw EngineError(.shape, "the signal has \(sampleCount) samples, expected at least a frame of \(length)")
        }
        let frameCount = (sampleCount - length) / step + 1
        let binCount = binCount(length)
        let source = try signal.pointer(type)
        let weights = try window?.pointer(type)
        return try call.tensor(of: type, call.shape([batch, frameCount, binCount, 2])) { target in
            let transform = FourierTransform<Double>(length)
            for frame in 0..<(batch * frameCount) {
                let start = (frame / frameCount * sampleCount + frame % frameCount * step) * partCount
                var line = (0..<length).map { k -> SIMD2<Double> in
                    let place = source + (start &+ k &* partCount)
                    let weight = weights.map { Double($0[k]) } ?? 1
                    return SIMD2(Double(place[0]), partCount == 2 ? Double(place[1]) : 0) * weight
                }
                transform.forward(&line)
                for k in 0..<binCount {
                    target[2 &* (frame &* binCount &+ k)] = Element(line[k].x)
                    target[2 &* (frame &* binCount &+ k) &+ 1] = Element(line[k].y)
                }
            }
        }
    }
}
