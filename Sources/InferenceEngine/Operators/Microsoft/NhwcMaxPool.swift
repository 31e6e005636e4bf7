import OnnxIR
import Tensors

/// The greatest element of each window, with the channels last.
struct NhwcMaxPool: Operator {
    let pool: MaxPool

    static let definition = OperatorDefinition("NhwcMaxPool", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        NhwcMaxPool(pool: MaxPool(attributes: try SpatialAttributes(node), isColumnMajor: false))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let result = pool.attributes.inferred(inputs.shape().map(ChannelLayout.last.channelsFirst))
        return [.tensor(inputs.elementType(), result.map(ChannelLayout.last.restored))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try ChannelLayout.last.channelsFirst(call.tensor(0), call)
        return [.tensor(try ChannelLayout.last.restored(pool.result(of: [input], call), call))]
    }
}
