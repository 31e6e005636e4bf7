import OnnxIR
import Tensors

/// A matrix of the axes before one axis and of those from it on.
struct Flatten: Operator {
    let axis: Int

    static let definition = OperatorDefinition("Flatten", since: 1, 9, 11, 13, 21, 23, 24, 25) {
        node throws(EngineError) in
        Flatten(axis: try node.int("axis", default: 1))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType(), [.unknown, .unknown])] }
        let split = axis < 0 ? axis &+ shape.count : axis
        guard split >= 0, split <= shape.count else { return [.tensor(inputs.elementType())] }
        return [.tensor(inputs.elementType(), [Array(shape[..<split]).product, Array(shape[split...]).product])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        let split = axis == rank ? rank : axis == 0 ? 0 : try checkedAxis(axis, rank: rank)
        let rows = input.shape.dimensions[..<split].reduce(1, *)
        let columns = input.shape.dimensions[split...].reduce(1, *)
        return [.tensor(try input.with(shape: try call.shape([rows, columns])))]
    }
}
