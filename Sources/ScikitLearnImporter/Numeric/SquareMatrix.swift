import Diagnostics
import ModelImport

/// A square matrix of doubles in row-major order, for what estimators solve when they predict.
struct SquareMatrix {
    let order: Int
    var elements: [Double]

    /// The most rows that are inverted: beyond, a file would cost time without bound.
    static let orderLimit = 4096

    init(order: Int, elements: [Double]) throws(ModelImportError) {
        guard order <= Self.orderLimit, elements.count == order * order else {
            throw ModelImportError(
                .tooLarge,
                "a matrix of \(elements.count) elements is to be inverted, expected at most "
                    + "\(Self.orderLimit) rows and as many columns"
            )
        }
        self.order = order
        self.elements = elements
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * order + column] }
        set { elements[row * order + column] = newValue }
    }

    /// The inverse, by elimination with the largest pivots.
    ///
    /// *Throws*: `malformed` for a singular matrix.
    func inverse() throws(ModelImportError) -> SquareMatrix {
        var left = self
        var right = self
        for row in 0..<order { for column in 0..<order { right[row, column] = row == column ? 1 : 0 } }
        for column in 0..<order {
            let pivot = (column..<order).max { abs(left[$0, column]) < abs(left[$1, column]) } ?? column
            guard left[pivot, column] != 0, left[pivot, column].isFinite else {
                throw ModelImportError(.malformed, "a matrix of \(order) rows is singular, expected a regular one")
            }
            left.swap(pivot, column)
            right.swap(pivot, column)
            let scale = 1 / left[column, column]
            left.scale(column, by: scale)
            right.scale(column, by: scale)
            for row in 0..<order where row != column && left[row, column] != 0 {
                let factor = left[row, column]
                left.subtract(factor, of: column, from: row)
                right.subtract(factor, of: column, from: row)
            }
        }
        return right
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        guard first != second else { return }
        for column in 0..<order { elements.swapAt(first * order + column, second * order + column) }
    }

    private mutating func scale(_ row: Int, by factor: Double) {
        for column in 0..<order { elements[row * order + column] *= factor }
    }

    private mutating func subtract(_ factor: Double, of source: Int, from row: Int) {
        for column in 0..<order { elements[row * order + column] -= factor * elements[source * order + column] }
    }
}

/// `left · right` of matrices in row-major order, with `inner` columns of the first.
func matrixProduct(_ left: [Double], _ right: [Double], inner: Int) -> [Double] {
    guard inner > 0 else { return [] }
    let rows = left.count / inner
    let columns = right.count / inner
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
        for index in 0..<inner {
            let factor = left[row * inner + index]
            guard factor != 0 else { continue }
            for column in 0..<columns { result[row * columns + column] += factor * right[index * columns + column] }
        }
    }
    return result
}
