import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR

/// A piecewise linear function of one feature, constant outside of its knots.
///
/// *Source*: `numpy.interp`.
struct Interpolation {
    let knots: [Double]
    let values: [Double]

    /// *Throws*: `malformed` where knots and values differ in count, or knots do not ascend.
    init(knots: [Double], values: [Double]) throws(ModelImportError) {
        guard !knots.isEmpty, knots.count == values.count else {
            throw ModelImportError(
                .malformed,
                "a function of \(knots.count) knots has \(values.count) values, expected as many and at least one"
            )
        }
        guard zip(knots, knots.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw ModelImportError(.malformed, "the knots of a function do not ascend")
        }
        self.knots = knots
        self.values = values
    }

    /// *Shapes*: `[batch, 1]` to `[batch, 1]`.
    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard knots.count > 1 else { return try (x * 0) + values[0] }
        let graph = x.graph
        // The segment that a sample is in: how many knots are not above it; the last knots of equal ones count.
        let passed = try x.greaterOrEqual(to: x.row(knots, "knots")).cast(to: .int64).sum()
        let last = Double(knots.count - 2)
        let segment = try (passed - 1).atLeast(0).atMost(last)
        func pick(_ elements: [Double], _ name: String) throws(ModelImportError) -> Matrix {
            let row = try x.row(elements, name)
            let flat = try row.reshaped([-1])
            let value = graph.builder.node("Gather", [flat.value, segment.value], [Attribute("axis", .int(0))])
            return Matrix(graph: graph, value: value, elementType: x.elementType, columnCount: 1)
        }
        var slopes: [Double] = []
        for index in 0..<knots.count - 1 {
            let width = knots[index + 1] - knots[index]
            slopes.append(width > 0 ? (values[index + 1] - values[index]) / width : 0)
        }
        let bounded = try x.clipped(knots[0], knots[knots.count - 1])
        let inside = try (bounded - pick(Array(knots.dropLast()), "knots")) * pick(slopes, "slopes")
        let result = try inside + pick(Array(values.dropLast()), "values")
        let isLast = try x.greaterOrEqual(to: knots[knots.count - 1])
        return try isLast.choose(values[values.count - 1], result)
    }
}
