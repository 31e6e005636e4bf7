import Diagnostics
import OnnxIR
import Tensors

/// A cache in which each sample of the batch has new elements written along an axis, from an index of its own on.
struct TensorScatter: Operator {
    private enum Mode: String, CaseIterable, Sendable {
        case linear
        case circular
    }

    private let axis: Int
    private let mode: Mode

    static let definition = OperatorDefinition("TensorScatter", since: 24) { node throws(EngineError) in
        TensorScatter(axis: try node.int("axis", default: -2), mode: try node.choice("mode", default: .linear))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (cache, update) = (try call.tensor(0), try call.tensor(1))
        let axis = try checkedAxis(axis, rank: cache.shape.rank)
        guard axis > 0 else { throw .attribute("axis", self.axis, expected: "an axis behind that of the batch") }
        var expected = cache.shape.dimensions
        let length = update.shape.rank == expected.count ? update.shape[axis] : 0
        expected[axis] = length
        guard update.shape.dimensions == expected, length <= cache.shape[axis] else {
            throw EngineError(.shape, "cache \(cache.shape) and update \(update.shape) do not fit along axis \(axis)")
        }
        let starts = try starts(cache.shape, axis: axis, length: length, call)
        let prefixes = cache.shape.dimensions[..<axis].reduce(1, *)
        let inner = cache.shape.dimensions[(axis + 1)...].reduce(1, *)
        let extent = cache.shape[axis]
        try call.state.checkScratch(prefixes * length, of: MemoryLayout<Int>.stride)
        var offsets: [Int] = []
        offsets.reserveCapacity(prefixes * length)
        for prefix in 0..<prefixes {
            let start = starts[prefix / (prefixes / starts.count)]
            for step in 0..<length { offsets.append((prefix * extent + (start + step) % extent) * inner) }
        }
        return [.tensor(try ScatterReduction.none.scatter(update, into: cache, at: offsets, length: inner, call))]
    }

    /// Where each sample's first element goes, from 0 to the end of the axis.
    private func starts(
        _ cache: Shape,
        axis: Int,
        length: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> [Int] {
        guard let given = try call.integers(2) else { return [Int](repeating: 0, count: cache[0]) }
        guard given.count == cache[0] else {
            throw EngineError(.shape, "there are \(given.count) write indices, expected \(cache[0])")
        }
        let last = cache[axis] - length
        switch mode {
        case .linear:
            if let wrong = given.first(where: { $0 < 0 || $0 > last }) {
                throw EngineError(.index, "write index \(wrong) is out of range, expected 0 to \(last)")
            }
            return given
        case .circular:
            let extent = max(1, cache[axis])
            return given.map { ($0 % extent + extent) % extent }
        }
    }
}
