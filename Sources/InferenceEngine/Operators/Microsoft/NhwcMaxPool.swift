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
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        let first = Facts.tensor(inputs.elementType(), ChannelLayout.last.channelsFirst(shape))
        let result = pool.infer(InputFacts(facts: [first]))[0].shape
        return [.tensor(inputs.elementType(), result.map(ChannelLayout.last.restored))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try ChannelLayout.last.channelsFirst(call.tensor(0), call)
        return [.tensor(try ChannelLayout.last.restored(pool.result(of: [input], call), call))]
    }
}
