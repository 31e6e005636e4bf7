import OnnxIR
import Tensors

/// The shape of the input, or a part of it, as integers.
struct ShapeOf: Operator {
    let start: Int
    let end: Int?

    static let definition = OperatorDefinition("Shape", since: 1, 13, 15, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        ShapeOf(start: try node.int("start", default: 0), end: try node.int("end"))
    }

    private func range(rank: Int) -> Range<Int> {
        let lower = min(max(start < 0 ? start &+ rank : start, 0), rank)
        let end = end ?? rank
        let upper = min(max(end < 0 ? end &+ rank : end, 0), rank)
        return lower..<max(lower, upper)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(.int64, [.unknown])] }
        let extents = Array(shape[range(rank: shape.count)])
        var facts = Facts.tensor(.int64, [.fixed(extents.count)])
        facts.extents = extents
        if let fixed = extents.fixed, let tensor = try? Tensor.of(fixed.map { Int64($0) }) {
            facts.constant = .tensor(tensor)
        }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let shape = try call.tensor(0).shape
        return [.tensor(try .of(shape.dimensions[range(rank: shape.rank)].map { Int64($0) }))]
    }
}
