import Diagnostics
import ModelImport

extension SquareMatrix {
    /// The inverse of a lower triangle, which is one too.
    ///
    /// *Throws*: `malformed` for a zero on the diagonal.
    func lowerInverse() throws(ModelImportError) -> SquareMatrix {
        var result = try SquareMatrix(order: order, elements: [Double](repeating: 0, count: elements.count))
        for row in 0..<order {
            let pivot = self[row, row]
            guard pivot != 0, pivot.isFinite else {
                throw ModelImportError(.malformed, "a triangle has `\(pivot)` on its diagonal, expected another number")
            }
            result[row, row] = 1 / pivot
            for column in 0..<row {
                var sum = 0.0
                for index in column..<row { sum += self[row, index] * result[index, column] }
                result[row, column] = -sum / pivot
            }
        }
        return result
    }
}
