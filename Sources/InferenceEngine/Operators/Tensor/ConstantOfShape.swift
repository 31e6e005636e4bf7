import Diagnostics
import OnnxIR
import Tensors

/// A tensor of a given shape that is filled with one value.
struct ConstantOfShape: Operator {
    let value: Tensor

    static let definition = OperatorDefinition("ConstantOfShape", since: 9, 20, 21, 23, 24, 25) {
        node throws(EngineError) in
        guard let value = try node.tensor("value") else { return ConstantOfShape(value: try .of([Float(0)])) }
        guard value.shape.elementCount == 1 else {
            throw EngineError(.attribute, "attribute `value` has shape \(value.shape), expected one element")
        }
        return ConstantOfShape(value: value)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs[0].partialExtents, shape.allSatisfy({ $0.extent ?? 0 >= 0 }) else {
            return [.tensor(value.elementType)]
        }
        var facts = Facts.tensor(value.elementType, shape)
        if shape.count <= 1, let count = shape.fixed?.reduce(1, *), count <= Facts.largestExtentCount,
            let element = Facts.constant(.tensor(value)).extents?.first
        {
            facts.extents = [Dimension](repeating: element, count: count)
        }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let shape = try call.shape(call.tensor(0).integers("the shape"))
        return [.tensor(try call.expanded(value.with(shape: .scalar), to: shape))]
    }
}
