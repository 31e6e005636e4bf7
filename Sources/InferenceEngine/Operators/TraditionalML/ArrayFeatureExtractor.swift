import Diagnostics
import OnnxIR
import Tensors

/// Columns of the last axis by their indices.
struct ArrayFeatureExtractor: Operator {
    static let definition = OperatorDefinition("ArrayFeatureExtractor", domain: .onnxML, since: 1) {
        _ throws(EngineError) in
        ArrayFeatureExtractor()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), !shape.isEmpty else { return [.tensor(inputs.elementType())] }
        shape[shape.count - 1] = inputs[1].fixedShape.map { .fixed($0.elementCount) } ?? .unknown
        return [.tensor(inputs.elementType(), shape.count == 1 ? [.fixed(1)] + shape : shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let columns = try call.tensor(1).integers("the indices")
        guard let extent = input.shape.dimensions.last else {
            throw EngineError(.shape, "input is a scalar, expected at least one axis")
        }
        for column in columns where column < 0 || column >= extent {
            throw EngineError(.index, "index \(column) is out of range, expected 0 to \(extent - 1)")
        }
        let axis = input.shape.rank - 1
        let map = AxisMap.identity(input.shape).selecting(columns, axis: axis, stride: 1)
        let leading = axis == 0 ? [1] : Array(input.shape.dimensions[..<axis])
        return [.tensor(try call.moved(input, to: try call.shape(leading + [columns.count]), map))]
    }
}
