import Diagnostics
import ModelFormats
import ModelImport

/// The B-splines over knots, and what is made of them.
///
/// *Source*: `scipy.interpolate.BSpline`: `t`, `c` and `k`, with an underscore since SciPy 1.15.
struct BasisSplines {
    /// What holds outside of the knots.
    enum Extrapolation: String {
        case constant
        case continued = "continue"
        case linear
        case periodic
    }

    let degree: Int
    let knots: [Double]
    /// A row for each basis spline, a column for each output.
    let coefficients: [Double]
    let outputCount: Int

    static let degreeLimit = 32

    init(_ object: EstimatorObject) throws(ModelImportError) {
        degree = try object.int("k")
        knots = try object.doubles(object.value["_t"] == nil ? "t" : "_t")
        let matrix = try object.matrix(object.value["_c"] == nil ? "c" : "_c")
        coefficients = matrix.elements
        outputCount = matrix.columns
        guard (0...Self.degreeLimit).contains(degree), knots.count > 2 * degree + 1,
            matrix.rows == knots.count - degree - 1, outputCount > 0
        else {
            throw ModelImportError(
                .malformed,
                "a spline of degree \(degree) has \(knots.count) knots and \(matrix.rows) coefficients, "
                    + "expected \(degree + 1) fewer"
            )
        }
    }

    private var basisCount: Int { knots.count - degree - 1 }
    private var lower: Double { knots[degree] }
    private var upper: Double { knots[basisCount] }

    /// *Shapes*: `[batch, 1]` to `[batch, outputs]`.
    func callAsFunction(_ x: Matrix, _ extrapolation: Extrapolation) throws(ModelImportError) -> Matrix {
        switch extrapolation {
        case .continued: return try values(x)
        case .constant: return try values(try x.clipped(lower, upper))
        case .periodic:
            guard upper > lower else { return try values(try x * 0) }
            let offset = try (x - lower) / (upper - lower)
            let fraction = offset - offset.floor()
            return try values(try fraction * (upper - lower) + lower)
        case .linear:
            let inside = try values(try x.clipped(lower, upper))
            let below = try (x - lower).atMost(0)
            let above = try (x - upper).atLeast(0)
            return try inside + below * x.row(slopes(at: lower), "slopes") + above * x.row(slopes(at: upper), "slopes")
        }
    }

    private func values(_ x: Matrix) throws(ModelImportError) -> Matrix {
        // The interval that a sample is in, of those between the first and the last knot that count.
        let inner = Array(knots[degree + 1..<basisCount])
        let place =
            try inner.isEmpty
            ? (x * 0).cast(to: .int64) : x.greaterOrEqual(to: x.row(inner, "knots")).cast(to: .int64).sum()
        let intervals = (0..<knots.count - 1).map { Double($0 - degree) }
        var basis = try place.equal(to: place.row(intervals, "intervals")).cast(to: .double)
        for order in stride(from: 1, through: degree, by: 1) {
            let count = knots.count - 1 - order
            let rise = (0..<count).map { inverse(knots[$0 + order] - knots[$0]) }
            let fall = (0..<count).map { inverse(knots[$0 + order + 1] - knots[$0 + 1]) }
            let starts = Array(knots[0..<count])
            let ends = Array(knots[order + 1..<order + 1 + count])
            let left = try (x - x.row(starts, "starts")) * x.row(rise, "rise")
            let right = try (x.row(ends, "ends") - x) * x.row(fall, "fall")
            basis = try left * basis.columns(Array(0..<count)) + right * basis.columns(Array(1...count))
        }
        return try basis.product(coefficients, columns: outputCount, "coefficients")
    }

    private func inverse(_ width: Double) -> Double { width == 0 ? 0 : 1 / width }

    /// The slope of each output at an end of the range.
    private func slopes(at x: Double) -> [Double] {
        guard degree > 0 else { return [Double](repeating: 0, count: outputCount) }
        var basis = (0..<knots.count - 1).map { $0 == interval(of: x) ? 1.0 : 0.0 }
        for order in stride(from: 1, to: degree, by: 1) {
            basis = (0..<knots.count - 1 - order).map { index in
                (x - knots[index]) * inverse(knots[index + order] - knots[index]) * basis[index]
                    + (knots[index + order + 1] - x) * inverse(knots[index + order + 1] - knots[index + 1])
                    * basis[index + 1]
            }
        }
        let derivatives = (0..<basisCount).map { index in
            Double(degree)
                * (inverse(knots[index + degree] - knots[index]) * basis[index]
                    - inverse(knots[index + degree + 1] - knots[index + 1]) * basis[index + 1])
        }
        return matrixProduct(derivatives, coefficients, inner: basisCount)
    }

    private func interval(of x: Double) -> Int {
        (degree..<basisCount).last { knots[$0] <= x } ?? degree
    }
}
