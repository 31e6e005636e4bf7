import Diagnostics
import OnnxIR
import Tensors

/// The tensor without some axes of extent 1; without all of them when none are named.
struct Squeeze: Operator {
    let fixedAxes: [Int]?

    static let definition = OperatorDefinition("Squeeze", since: 1, 11, 13, 21, 23, 24, 25) {
        node throws(EngineError) in
        Squeeze(fixedAxes: try node.ints("axes"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        guard let axes = fixedAxes ?? inputs[1].integers else {
            guard !inputs.has(1), let fixed = shape.fixed else { return [.tensor(inputs.elementType())] }
            return [.tensor(inputs.elementType(), fixed.filter { $0 != 1 }.map { .fixed($0) })]
        }
        guard let dropped = try? checkedAxes(axes, rank: shape.count),
            dropped.allSatisfy({ shape[$0].extent ?? 1 == 1 })
        else { return [.tensor(inputs.elementType())] }
        var facts = Facts.tensor(
            inputs.elementType(),
            shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }
        )
        facts.extents = inputs[0].extents
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let shape = input.shape
        var axes = (0..<shape.rank).filter { shape[$0] == 1 }
        let named = fixedAxes == nil ? try call.integers(1) : fixedAxes
        if let named { axes = try checkedAxes(named, rank: shape.rank) }
        for axis in axes where shape[axis] != 1 {
            throw EngineError(.shape, "axis \(axis) of \(shape) has extent \(shape[axis]), expected 1")
        }
        let kept = (0..<shape.rank).filter { !axes.contains($0) }
        return [.tensor(try input.with(shape: try call.shape(kept.map { shape[$0] })))]
    }
}
