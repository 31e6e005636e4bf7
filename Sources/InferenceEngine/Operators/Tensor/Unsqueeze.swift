import Diagnostics
import OnnxIR
import Tensors

/// The tensor with axes of extent 1 put in, which `axes` counts in the result.
struct Unsqueeze: Operator {
    let fixedAxes: [Int]?

    static let definition = OperatorDefinition("Unsqueeze", since: 1, 11, 13, 21, 23, 24, 25) {
        node throws(EngineError) in
        let axes = try node.ints("axes")
        return Unsqueeze(fixedAxes: node.version < 13 ? try node.required("axes", axes) : nil)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), let axes = fixedAxes ?? inputs[1].integers,
            let result = try? Self.insert(axes, into: shape, .fixed(1))
        else { return [.tensor(inputs.elementType())] }
        var facts = Facts.tensor(inputs.elementType(), result)
        if result.count <= 1 { facts.extents = inputs[0].extents }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let axes: [Int]
        if let fixedAxes { axes = fixedAxes } else { axes = try call.tensor(1).integers("the axes") }
        let dimensions = try Self.insert(axes, into: input.shape.dimensions, 1)
        return [.tensor(try input.with(shape: try call.shape(dimensions)))]
    }

    private static func insert<Extent>(
        _ axes: [Int],
        into shape: [Extent],
        _ one: Extent
    ) throws(EngineError) -> [Extent] {
        guard axes.count <= 64 else { throw EngineError(.shape, "\(axes.count) axes are put in, expected at most 64") }
        var result = shape
        for axis in try checkedAxes(axes, rank: shape.count + axes.count) { result.insert(one, at: axis) }
        return result
    }
}
