import Diagnostics
import OnnxIR
import Tensors

/// A row-major matrix somewhere in memory, with the distance from one row to the next.
struct MatrixView<Element> {
    let base: UnsafePointer<Element>
    let rowStride: Int
    let columnStride: Int
}

/// What products of matrices are made of: floats, or integers that wrap.
protocol ProductElement: TensorElement, Numeric {
    static func multiplyAdd(_ sum: inout Self, _ x: Self, _ y: Self)
}

extension Float: ProductElement {
    @inline(__always)
    static func multiplyAdd(_ sum: inout Float, _ x: Float, _ y: Float) { sum += x * y }
}
extension Double: ProductElement {
    @inline(__always)
    static func multiplyAdd(_ sum: inout Double, _ x: Double, _ y: Double) { sum += x * y }
}
extension Int32: ProductElement {}
extension Int64: ProductElement {}
extension UInt32: ProductElement {}
extension UInt64: ProductElement {}
extension ProductElement where Self: FixedWidthInteger {
    @inline(__always)
    static func multiplyAdd(_ sum: inout Self, _ x: Self, _ y: Self) { sum = sum &+ x &* y }
}

/// Adds the product of `rows × inner` and `inner × columns` to a row-major target, `columns` apart from row to row.
///
/// PERF: four rows share each pass over a row of the right side, in panels of it that stay in the cache.
@inline(__always)
func addProduct<Element: ProductElement>(
    _ left: MatrixView<Element>,
    _ right: UnsafePointer<Element>,
    _ target: UnsafeMutablePointer<Element>,
    rows: Int,
    inner: Int,
    columns: Int
) {
    let panel = 256
    var start = 0
    while start < inner {
        let end = min(inner, start + panel)
        var row = 0
        while row < rows {
            let height = min(4, rows - row)
            for k in start..<end {
                let y = right + k &* columns
                let x = left.base + (row &* left.rowStride &+ k &* left.columnStride)
                let z = target + row &* columns
                if height == 4 {
                    let x0 = x[0]
                    let x1 = x[left.rowStride]
                    let x2 = x[2 &* left.rowStride]
                    let x3 = x[3 &* left.rowStride]
                    for j in 0..<columns {
                        let value = y[j]
                        Element.multiplyAdd(&z[j], x0, value)
                        Element.multiplyAdd(&z[columns &+ j], x1, value)
                        Element.multiplyAdd(&z[2 &* columns &+ j], x2, value)
                        Element.multiplyAdd(&z[3 &* columns &+ j], x3, value)
                    }
                } else {
                    for r in 0..<height {
                        let factor = x[r &* left.rowStride]
                        let line = z + r &* columns
                        for j in 0..<columns { Element.multiplyAdd(&line[j], factor, y[j]) }
                    }
                }
            }
            row += height
        }
        start = end
    }
}

/// The product of two stacks of matrices with broadcast leading axes, as `numpy.matmul` has it.
struct StackedProduct {
    let rows: Int
    let inner: Int
    let columns: Int
    let shape: Shape
    /// Where each product of the stack finds its operands.
    let leftOffsets: StridedOffsets
    let rightOffsets: StridedOffsets

    /// *Throws*: `shape` when inner dimensions differ or the stacks do not broadcast.
    init(_ left: Shape, _ right: Shape, _ call: OperatorCall) throws(EngineError) {
        guard left.rank > 0, right.rank > 0 else {
            throw EngineError(.shape, "a scalar has no matrix product, lhs \(left), rhs \(right)")
        }
        let lhs = left.rank == 1 ? [1] + left.dimensions : left.dimensions
        let rhs = right.rank == 1 ? right.dimensions + [1] : right.dimensions
        rows = lhs[lhs.count - 2]
        inner = lhs[lhs.count - 1]
        columns = rhs[rhs.count - 1]
        guard inner == rhs[rhs.count - 2] else {
            throw EngineError(.shape, "inner dimensions differ, lhs \(left), rhs \(right)")
        }
        let leftStack = try call.shape(Array(lhs.dropLast(2)))
        let rightStack = try call.shape(Array(rhs.dropLast(2)))
        guard let stack = leftStack.broadcast(with: rightStack) else {
            throw EngineError(.shape, "leading dimensions do not broadcast, lhs \(left), rhs \(right)")
        }
        leftOffsets = Self.offsets(leftStack, in: stack, size: rows * inner)
        rightOffsets = Self.offsets(rightStack, in: stack, size: inner * columns)
        var dimensions = stack.dimensions
        if left.rank > 1 { dimensions.append(rows) }
        if right.rank > 1 { dimensions.append(columns) }
        shape = try call.shape(dimensions)
    }

    static func offsets(_ shape: Shape, in stack: Shape, size: Int) -> StridedOffsets {
        let padding = stack.rank - shape.rank
        let strides = shape.strides
        return StridedOffsets(
            stack.dimensions,
            (0..<stack.rank).map { axis in
                axis < padding || shape[axis - padding] == 1 ? 0 : strides[axis - padding] * size
            }
        )
    }

    func compute<Element: ProductElement>(
        _ type: Element.Type,
        _ left: Tensor,
        _ right: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let lhs = try left.pointer(type)
        let rhs = try right.pointer(type)
        return try call.tensor(of: type, shape, zeroed: true) { target in
            for (index, offset) in leftOffsets.enumerated() {
                addProduct(
                    MatrixView(base: lhs + offset, rowStride: inner, columnStride: 1),
                    rhs + rightOffsets[index],
                    target + index * rows * columns,
                    rows: rows,
                    inner: inner,
                    columns: columns
                )
            }
        }
    }
}
