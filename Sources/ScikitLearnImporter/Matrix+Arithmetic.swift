import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension Matrix {
    static func + (left: Matrix, right: Matrix) -> Matrix { left.apply("Add", [right]) }
    static func - (left: Matrix, right: Matrix) -> Matrix { left.apply("Sub", [right]) }
    static func * (left: Matrix, right: Matrix) -> Matrix { left.apply("Mul", [right]) }
    static func / (left: Matrix, right: Matrix) -> Matrix { left.apply("Div", [right]) }

    static func + (left: Matrix, right: Double) throws(ModelImportError) -> Matrix { left + (try left.number(right)) }
    static func - (left: Matrix, right: Double) throws(ModelImportError) -> Matrix { left - (try left.number(right)) }
    static func * (left: Matrix, right: Double) throws(ModelImportError) -> Matrix { left * (try left.number(right)) }
    static func / (left: Matrix, right: Double) throws(ModelImportError) -> Matrix { left / (try left.number(right)) }
    static func - (left: Double, right: Matrix) throws(ModelImportError) -> Matrix { (try right.number(left)) - right }
    static func / (left: Double, right: Matrix) throws(ModelImportError) -> Matrix { (try right.number(left)) / right }

    static prefix func - (matrix: Matrix) -> Matrix { matrix.apply("Neg") }

    func exp() -> Matrix { apply("Exp") }
    func log() -> Matrix { apply("Log") }
    func squareRoot() -> Matrix { apply("Sqrt") }
    func absolute() -> Matrix { apply("Abs") }
    func squared() -> Matrix { apply("Mul", [self]) }
    func softmax() -> Matrix { apply("Softmax", [], [Attribute("axis", .int(-1))]) }
    func logSoftmax() -> Matrix { apply("LogSoftmax", [], [Attribute("axis", .int(-1))]) }
    func floor() -> Matrix { apply("Floor") }

    /// The logistic function.
    ///
    /// *Numerics*: spelled out, because ONNX Runtime's `Sigmoid` subtracts from 1, and loses what is small.
    func sigmoid() throws(ModelImportError) -> Matrix { try ((-self).exp() + 1).apply("Reciprocal") }

    func power(_ exponent: Double) throws(ModelImportError) -> Matrix { apply("Pow", [try number(exponent)]) }

    func clipped(_ lower: Double, _ upper: Double) throws(ModelImportError) -> Matrix {
        try apply("Clip", [number(lower), number(upper)])
    }
    func atLeast(_ lower: Double) throws(ModelImportError) -> Matrix { apply("Max", [try number(lower)]) }
    func atMost(_ upper: Double) throws(ModelImportError) -> Matrix { apply("Min", [try number(upper)]) }
}

// MARK: along an axis

extension Matrix {
    /// The sum along an axis, which stays with extent 1.
    func sum(along axis: Int = 1, keepsAxis: Bool = true) throws(ModelImportError) -> Matrix {
        let axes = try graph.integers([axis], name: "axis")
        return node(
            "ReduceSum",
            [axes],
            [Attribute("keepdims", .int(keepsAxis ? 1 : 0))],
            columns: axis == 1 && keepsAxis ? 1 : columnCount
        )
    }

    /// A reduction that takes its axes as an attribute up to opset 17, such as `ReduceMax` or `ReduceLogSumExp`.
    func reduced(_ opType: String, along axis: Int = 1, keepsAxis: Bool = true) -> Matrix {
        node(
            opType,
            [],
            [Attribute("axes", .ints([Int64(axis)])), Attribute("keepdims", .int(keepsAxis ? 1 : 0))],
            columns: axis == 1 && keepsAxis ? 1 : columnCount
        )
    }

    /// The first place of the greatest element of each row: int64, `[batch, 1]`.
    func argMax() -> Matrix {
        apply("ArgMax", [], [Attribute("axis", .int(1)), Attribute("keepdims", .int(1))], type: .int64, columns: 1)
    }

    /// The first place of the least element of each row: int64, `[batch, 1]`.
    func argMin() -> Matrix {
        apply("ArgMin", [], [Attribute("axis", .int(1)), Attribute("keepdims", .int(1))], type: .int64, columns: 1)
    }

    /// Rows divided by their sums.
    func dividedBySum() throws(ModelImportError) -> Matrix { self / (try sum()) }

    /// The elements at indices (int64) along the second axis.
    func gathered(_ indices: Matrix) -> Matrix {
        apply("GatherElements", [indices], [Attribute("axis", .int(1))], columns: indices.columnCount)
    }

    /// The greatest or least `count` elements of each row with their places, in order.
    func top(_ count: Int, largest: Bool) throws(ModelImportError) -> (values: Matrix, indices: Matrix) {
        let names = graph.builder.node(
            "TopK",
            [value, try graph.integers([count], name: "k")],
            [Attribute("axis", .int(1)), Attribute("largest", .int(largest ? 1 : 0)), Attribute("sorted", .int(1))],
            outputCount: 2
        )
        return (
            Matrix(graph: graph, value: names[0], elementType: elementType, columnCount: count),
            Matrix(graph: graph, value: names[1], elementType: .int64, columnCount: count)
        )
    }
}

// MARK: products

extension Matrix {
    /// `self · weights`, with `weights` of `columnCount` rows in row-major order.
    func product(_ weights: [Double], columns: Int, _ name: String = "weights") throws(ModelImportError) -> Matrix {
        let weights = try graph.constant(weights, rows: columnCount, elementType, name: name)
        return apply("MatMul", [weights], columns: columns)
    }

    /// `self · rowsᵀ`, with `rows` of `columnCount` columns in row-major order.
    func product(transposed rows: [Double], _ name: String = "weights") throws(ModelImportError) -> Matrix {
        let count = columnCount == 0 ? 0 : rows.count / columnCount
        let weights = try graph.constant(rows, rows: count, elementType, name: name)
        return apply("Gemm", [weights], [.transposesSecond], columns: count)
    }

    /// `self · other` of two values in the graph.
    func product(_ other: Matrix) -> Matrix { apply("MatMul", [other], columns: other.columnCount) }
}

// MARK: comparisons

extension Matrix {
    func greater(than other: Matrix) -> Matrix { apply("Greater", [other], type: .bool) }
    func less(than other: Matrix) -> Matrix { apply("Less", [other], type: .bool) }
    func greaterOrEqual(to other: Matrix) -> Matrix { apply("GreaterOrEqual", [other], type: .bool) }
    func lessOrEqual(to other: Matrix) -> Matrix { apply("LessOrEqual", [other], type: .bool) }
    func equal(to other: Matrix) -> Matrix { apply("Equal", [other], type: .bool) }
    func greater(than number: Double) throws(ModelImportError) -> Matrix { greater(than: try self.number(number)) }
    func less(than number: Double) throws(ModelImportError) -> Matrix { less(than: try self.number(number)) }
    func greaterOrEqual(to number: Double) throws(ModelImportError) -> Matrix {
        greaterOrEqual(to: try self.number(number))
    }
    func equal(to number: Double) throws(ModelImportError) -> Matrix { equal(to: try self.number(number)) }
    func isNaN() -> Matrix { apply("IsNaN", type: .bool) }
    func not() -> Matrix { apply("Not") }
    func and(_ other: Matrix) -> Matrix { apply("And", [other]) }
    func or(_ other: Matrix) -> Matrix { apply("Or", [other]) }

    /// Where these booleans hold, one value; elsewhere, the other.
    func choose(_ first: Matrix, _ second: Matrix) -> Matrix {
        apply("Where", [first, second], type: first.elementType)
    }
    func choose(_ first: Double, _ second: Matrix) throws(ModelImportError) -> Matrix {
        choose(try second.number(first), second)
    }
    func choose(_ first: Matrix, _ second: Double) throws(ModelImportError) -> Matrix {
        choose(first, try first.number(second))
    }
}
