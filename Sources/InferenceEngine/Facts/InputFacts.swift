import Diagnostics
import OnnxIR
import Tensors

/// What is known of a node's inputs.
struct InputFacts {
    let facts: [Facts?]
    /// The facts of the values that the node's subgraphs use.
    var captures = CapturedFacts.none

    /// The facts of an input; nothing is known of one that is left out.
    subscript(index: Int) -> Facts { index < facts.count ? facts[index] ?? .unknown : .unknown }

    var count: Int { facts.count }

    func has(_ index: Int) -> Bool { index < facts.count && facts[index] != nil }

    func elementType(_ index: Int = 0) -> ElementType? { self[index].elementType }

    func shape(_ index: Int = 0) -> [Dimension]? { self[index].shape }

    /// A tensor with the type and shape of an input.
    func like(_ index: Int = 0, elementType: ElementType? = nil) -> Facts {
        .tensor(elementType ?? self.elementType(index), shape(index))
    }

    /// The shape that inputs broadcast to; `nil` when the rank of one is not known.
    func broadcastShape(_ indices: Range<Int>? = nil) -> [Dimension]? {
        var result: [Dimension] = []
        for index in indices ?? facts.indices {
            guard let shape = shape(index) else { return nil }
            result = result.broadcast(with: shape)
        }
        return result
    }
}

/// An axis counted from the end when negative; `nil` when it is none of the rank's.
func normalizedAxis(_ axis: Int, rank: Int) -> Int? {
    let normalized = axis < 0 ? axis &+ rank : axis
    return normalized >= 0 && normalized < rank ? normalized : nil
}

/// An axis counted from the end when negative.
///
/// *Throws*: `index` when it is none of the rank's.
func checkedAxis(_ axis: Int, rank: Int) throws(EngineError) -> Int {
    guard let normalized = normalizedAxis(axis, rank: rank) else {
        throw EngineError(.index, "axis \(axis) is out of range, expected \(-rank) to \(rank - 1) for rank \(rank)")
    }
    return normalized
}

/// Axes counted from the end when negative, ascending.
///
/// *Throws*: `index` when one is none of the rank's or stands twice.
func checkedAxes(_ axes: [Int], rank: Int) throws(EngineError) -> [Int] {
    var normalized: [Int] = []
    for axis in axes {
        let axis = try checkedAxis(axis, rank: rank)
        guard !normalized.contains(axis) else { throw EngineError(.index, "axis \(axis) stands twice in \(axes)") }
        normalized.append(axis)
    }
    return normalized.sorted()
}
