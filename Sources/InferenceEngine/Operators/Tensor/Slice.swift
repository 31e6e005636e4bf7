import Diagnostics
import OnnxIR
import Tensors

/// A part of the input: for each axis named a start, an end and a step.
struct Slice: Operator {
    private struct Fixed {
        let starts: [Int]
        let ends: [Int]
        let axes: [Int]?
    }

    private let fixed: Fixed?

    static let definition = OperatorDefinition("Slice", since: 1, 10, 11, 13) { node throws(EngineError) in
        guard node.version < 10 else { return Slice(fixed: nil) }
        let (starts, ends) = (try node.ints("starts"), try node.ints("ends"))
        return Slice(
            fixed: Fixed(
                starts: try node.required("starts", starts),
                ends: try node.required("ends", ends),
                axes: try node.ints("axes")
            )
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let unknown = Facts.tensor(inputs.elementType(), inputs.shape().map { $0.map { _ in .unknown } })
        guard let shape = inputs.shape(), let starts = fixed?.starts ?? inputs[1].integers,
            let ends = fixed?.ends ?? inputs[2].integers, !inputs.has(3) || inputs[3].integers != nil,
            !inputs.has(4) || inputs[4].integers != nil
        else { return [unknown] }
        let axes = fixed?.axes ?? inputs[3].integers ?? Array(starts.indices)
        let steps = inputs[4].integers ?? [Int](repeating: 1, count: starts.count)
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
            return [unknown]
        }
        var result = shape
        var contents = inputs[0].extents
        for (index, axis) in axes.enumerated() {
            guard let axis = normalizedAxis(axis, rank: shape.count), steps[index] != 0 else { return [unknown] }
            // The whole of an axis is as long as the axis, whichever that is.
            if starts[index] == 0, steps[index] == 1, ends[index] == .max { continue }
            guard let extent = shape[axis].extent, extent >= 0, extent <= 1 << 40 else {
                result[axis] = .unknown
                contents = nil
                continue
            }
            let picked = Self.picked(starts[index], ends[index], steps[index], extent)
            result[axis] = .fixed(picked.count)
            if let known = contents, known.count == extent {
                contents = (0..<picked.count).map { known[picked.first + $0 * picked.step] }
            }
        }
        var facts = Facts.tensor(inputs.elementType(), result)
        if result.count == 1 { facts.extents = contents }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let starts: [Int]
        let ends: [Int]
        if let fixed {
            (starts, ends) = (fixed.starts, fixed.ends)
        } else {
            (starts, ends) = (try call.tensor(1).integers("the starts"), try call.tensor(2).integers("the ends"))
        }
        let named = fixed == nil ? try call.integers(3) : fixed?.axes
        let axes = named ?? Array(starts.indices)
        let steps = try call.integers(4) ?? [Int](repeating: 1, count: starts.count)
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
            throw EngineError(
                .shape,
                "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes, \(steps.count) steps, expected as many of each"
            )
        }
        var map = AxisMap.identity(input.shape)
        let strides = input.shape.strides
        _ = try checkedAxes(axes, rank: input.shape.rank)
        for (index, axis) in axes.enumerated() {
            let axis = try checkedAxis(axis, rank: input.shape.rank)
            guard steps[index] != 0 else {
                throw EngineError(.value, "the step of axis \(axis) is 0, expected another")
            }
            let picked = Self.picked(starts[index], ends[index], steps[index], input.shape[axis])
            let stride = strides[axis]
            map.offsets[axis] = .strided(
                start: picked.first &* stride,
                step: picked.step &* stride,
                count: picked.count
            )
        }
        return [.tensor(try call.moved(input, to: try call.shape(map.offsets.map(\.count)), map))]
    }

    /// The part of each axis of a shape, where the inputs that say it are known; `nil` when they say nothing sensible.
    func parts(
        of shape: Shape,
        starts: [Int]?,
        ends: [Int]?,
        axes: [Int]?,
        steps: [Int]?
    ) -> [(first: Int, step: Int, count: Int)]? {
        guard let starts = fixed?.starts ?? starts, let ends = fixed?.ends ?? ends else { return nil }
        let axes = fixed?.axes ?? axes ?? Array(starts.indices)
        let steps = steps ?? [Int](repeating: 1, count: starts.count)
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count,
            let checked = try? checkedAxes(axes, rank: shape.rank), checked.count == axes.count
        else { return nil }
        var parts = shape.dimensions.map { (first: 0, step: 1, count: $0) }
        for (index, axis) in axes.enumerated() {
            guard let axis = normalizedAxis(axis, rank: shape.rank), steps[index] != 0 else { return nil }
            parts[axis] = Self.picked(starts[index], ends[index], steps[index], shape[axis])
        }
        return parts
    }

    /// The first index of an axis that is taken, the step to the next, and how many there are.
    private static func picked(
        _ start: Int,
        _ end: Int,
        _ step: Int,
        _ extent: Int
    ) -> (first: Int, step: Int, count: Int) {
        let isForward = step > 0
        let first = start < 0 ? start &+ extent : start
        let last = end < 0 ? (end < -extent ? -1 : end &+ extent) : end
        // SPEC: backwards a start before the first index is the first index, unlike in NumPy.
        let lower = isForward ? min(max(first, 0), extent) : min(max(first, 0), extent - 1)
        let upper = isForward ? min(max(last, 0), extent) : min(max(last, -1), extent - 1)
        let bounded = min(max(step, -extent - 1), extent + 1)
        let distance = isForward ? upper - lower : lower - upper
        return (lower, bounded, distance <= 0 ? 0 : (distance - 1) / abs(bounded) + 1)
    }
}
