import Diagnostics
import OnnxIR
import Tensors

/// The mean of each window of a quantised tensor, quantised again.
struct QLinearAveragePool: QuantizedOperator {
    let attributes: SpatialAttributes
    let countsPadding: Bool
    let layout: ChannelLayout

    static let definition = OperatorDefinition("QLinearAveragePool", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        QLinearAveragePool(
            attributes: try SpatialAttributes(node),
            countsPadding: try node.bool("count_include_pad", default: false),
            layout: try ChannelLayout(node)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = attributes.inferred(inputs.shape().map(layout.channelsFirst))
        return [.tensor(inputs.elementType(), shape.map(layout.restored))]
    }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let input = try layout.channelsFirst(call.tensor(0), call)
        let pool = try PoolWalk(input.shape, attributes, call)
        let (x, y) = (
            try call.quantization(type, scale: 1, zero: 2), try call.quantization(type, scale: 3, zero: 4)
        )
        let source = try input.pointer(type)
        let means = try call.tensor(of: type, pool.shape) { target in
            pool.forEach { plane, place, offsets in
                let start = source + plane * pool.window.inputSize
                var (sum, count): (Float, Int) = (0, 0)
                for offset in offsets where offset >= 0 {
                    sum += x.real(start[offset])
                    count += 1
                }
                // SPEC: padding counts with the whole window, beyond the padding too where `ceil_mode` rounds up.
                let mean = sum / Float(countsPadding ? offsets.count : count)
                let number = (mean / y.scale + Float(y.zero)).rounded(.toNearestOrEven)
                target[plane * pool.window.outputSize + place] = Element(saturating: number)
            }
        }
        withExtendedLifetime(input) {}
        return try layout.restored(means, call)
    }
}
