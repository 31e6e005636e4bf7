import Diagnostics
import OnnxIR
import Tensors

/// The mean of each channel of a quantised tensor, quantised again.
struct QLinearGlobalAveragePool: QuantizedOperator {
    let layout: ChannelLayout

    static let definition = OperatorDefinition("QLinearGlobalAveragePool", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        QLinearGlobalAveragePool(layout: try ChannelLayout(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count >= 3 else { return [.tensor(inputs.elementType())] }
        let first = layout.channelsFirst(shape)
        let means = first.prefix(2) + first.dropFirst(2).map { _ in .fixed(1) }
        return [.tensor(inputs.elementType(), layout.restored(Array(means)))]
    }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let input = try layout.channelsFirst(call.tensor(0), call)
        guard input.shape.rank >= 3 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected at least 3 axes")
        }
        let (x, y) = (
            try call.quantization(type, scale: 1, zero: 2), try call.quantization(type, scale: 3, zero: 4)
        )
        let planes = input.shape[0] * input.shape[1]
        let size = input.shape.dimensions[2...].reduce(1, *)
        let factor = x.scale / (y.scale * Float(size))
        let source = try input.pointer(type)
        let ones = [Int](repeating: 1, count: input.shape.rank - 2)
        let means = try call.tensor(of: type, call.shape([input.shape[0], input.shape[1]] + ones)) { target in
            for plane in 0..<planes {
                var sum: Int32 = 0
                for index in 0..<size { sum &+= Int32(source[plane &* size &+ index]) - Int32(x.zero) }
                target[plane] = y.held((Float(sum) * factor).rounded(.toNearestOrEven))
            }
        }
        withExtendedLifetime(input) {}
        return try layout.restored(means, call)
    }
}
