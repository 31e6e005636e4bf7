import Diagnostics
import OnnxIR
import Tensors

/// The first half of the columns times the Gaussian error linear unit of the second, of the input plus a bias.
struct BiasSplitGelu: Operator {
    static let definition = OperatorDefinition("BiasSplitGelu", domain: .microsoft, since: 1, halves: .widened) {
        _ throws(EngineError) in BiasSplitGelu()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let columns = inputs.shape()?.last?.map { $0 / 2 }
        return [.tensor(inputs.elementType(), inputs.shape().map { Array($0.dropLast()) + [columns ?? .unknown] })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.adding(call.tensor(1), toColumnsOf: call.tensor(0))
        let axis = input.shape.rank - 1
        let columns = input.shape[axis]
        guard columns.isMultiple(of: 2) else {
            throw EngineError(.shape, "the input has \(columns) columns, expected an even number")
        }
        let left = try call.part(input, 0..<columns / 2, axis: axis)
        let right = try call.part(input, columns / 2..<columns, axis: axis)
        let gelu = Gelu(approximation: .none)
        return [.tensor(try call.map(left, right) { (x: Float, y: Float) in x * gelu.apply(y) })]
    }
}
