import Diagnostics
import OnnxIR
import Tensors

/// Channels shifted and scaled by a mean and variance that are given, or taken from the batch when it trains.
struct BatchNormalization: Operator {
    let epsilon: Float
    let momentum: Float
    let trains: Bool
    /// Whether the places of a channel share its numbers; before opset 9 each could have its own.
    let isSpatial: Bool

    /// Before opset 14 a node trained when it named more than the first output, and before opset 7 no `is_test`.
    static let definition = OperatorDefinition("BatchNormalization", since: 1, 6, 7, 9, 14, 15, halves: .widened) {
        node throws(EngineError) in
        let isTest = try node.bool("is_test", default: false)
        return BatchNormalization(
            epsilon: try node.float("epsilon", default: 1e-5),
            momentum: try node.float("momentum", default: 0.9),
            trains: node.version >= 14
                ? try node.bool("training_mode", default: false) : node.outputCount > 1 && !isTest,
            isSpatial: try node.bool("spatial", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(), inputs.like(3), inputs.like(4), inputs.like(3), inputs.like(4)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return try compute(Float.self, input, call)
        case .double: return try compute(Double.self, input, call)
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let names = ["scale", "B", "input_mean", "input_var"]
        guard input.shape.rank >= 2 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected at least 2 axes")
        }
        let places = input.shape.dimensions[2...].reduce(1, *)
        let channels = isSpatial ? input.shape[1] : input.shape[1] * places
        let size = isSpatial ? places : 1
        var vectors: [[Double]] = []
        for (index, name) in names.enumerated() {
            let vector = try call.cast(call.tensor(index + 1), to: .double)
            guard vector.shape.elementCount == channels else {
                throw EngineError(.shape, "`\(name)` has shape \(vector.shape), expected \(channels) elements")
            }
            vectors.append(try vector.array(of: Double.self))
        }
        let source = try input.pointer(type)
        var (mean, variance) = (vectors[2], vectors[3])
        if trains {
            (mean, variance) = moments(source, batch: input.shape[0], channels: channels, size: size)
        }
        let result = try call.tensor(of: type, input.shape) { target in
            for plane in 0..<(input.shape[0] * channels) {
                let channel = plane % channels
                let factor = vectors[0][channel] / (variance[channel] + Double(epsilon)).squareRoot()
                let shift = vectors[1][channel] - mean[channel] * factor
                for index in (plane * size)..<((plane + 1) * size) {
                    target[index] = Element(Double(source[index]) * factor + shift)
                }
            }
        }
        guard trains else { return [.tensor(result)] }
        let keep = Double(momentum)
        let running = [zip(vectors[2], mean), zip(vectors[3], variance)].map { pairs in
            pairs.map { old, new in old * keep + new * (1 - keep) }
        }
        var values: [Value] = [.tensor(result)]
        for (index, numbers) in (running + [mean, variance]).enumerated() {
            let old = try call.tensor(3 + index % 2)
            values.append(.tensor(try call.cast(.of(numbers, old.shape), to: old.elementType)))
        }
        return values
    }

    private func moments<Element: RealElement>(
        _ source: UnsafePointer<Element>,
        batch: Int,
        channels: Int,
        size: Int
    ) -> (mean: [Double], variance: [Double]) {
        var (means, variances): ([Double], [Double]) = ([], [])
        let count = Double(batch * size)
        for channel in 0..<channels {
            var (sum, squares) = (0.0, 0.0)
            for image in 0..<batch {
                let plane = source + (image * channels + channel) * size
                for index in 0..<size { sum += Double(plane[index]) }
            }
            for image in 0..<batch {
                let plane = source + (image * channels + channel) * size
                for index in 0..<size {
                    let distance = Double(plane[index]) - sum / count
                    squares += distance * distance
                }
            }
            means.append(sum / count)
            variances.append(squares / count)
        }
        return (means, variances)
    }
}
