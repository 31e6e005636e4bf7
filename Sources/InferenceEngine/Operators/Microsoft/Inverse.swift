import Diagnostics
import OnnxIR
import Tensors

/// The inverse of each matrix of a stack.
///
/// *Numerics*: elimination with the largest pivot of a column, in `Double`.
struct Inverse: Operator {
    static let definition = OperatorDefinition("Inverse", domain: .microsoft, since: 1, halves: .widened) {
        _ throws(EngineError) in Inverse()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        guard rank >= 2, input.shape[rank - 1] == input.shape[rank - 2] else {
            throw EngineError(.shape, "input has shape \(input.shape), expected square matrices")
        }
        guard input.elementType == .float || input.elementType == .double else {
            throw .elementType(input.elementType, expected: "a floating-point type")
        }
        let order = input.shape[rank - 1]
        try call.state.check(.double, call.shape([2, input.shape.elementCount]))
        var elements = try call.cast(input, to: .double).array(of: Double.self)
        for start in stride(from: 0, to: elements.count, by: max(1, order * order)) {
            let range = start..<(start + order * order)
            guard let inverse = Self.inverse(Array(elements[range]), order: order) else {
                throw EngineError(.value, "matrix \(start / (order * order)) of the input has no inverse")
            }
            elements.replaceSubrange(range, with: inverse)
        }
        return [.tensor(try call.cast(.of(elements, input.shape), to: input.elementType))]
    }

    /// The inverse of a matrix by its rows; `nil` when it has none.
    private static func inverse(_ elements: [Double], order: Int) -> [Double]? {
        var matrix = elements
        var inverse = [Double](repeating: 0, count: order * order)
        for index in 0..<order { inverse[index * order + index] = 1 }
        for column in 0..<order {
            let pivotRow = (column..<order).max {
                matrix[$0 * order + column].magnitude < matrix[$1 * order + column].magnitude
            }
            guard let pivotRow, matrix[pivotRow * order + column] != 0 else { return nil }
            for index in 0..<order where pivotRow != column {
                matrix.swapAt(pivotRow * order + index, column * order + index)
                inverse.swapAt(pivotRow * order + index, column * order + index)
            }
            let pivot = matrix[column * order + column]
            for index in 0..<order {
                matrix[column * order + index] /= pivot
                inverse[column * order + index] /= pivot
            }
            for row in 0..<order where row != column {
                let factor = matrix[row * order + column]
                for index in 0..<order {
                    matrix[row * order + index] -= factor * matrix[column * order + index]
                    inverse[row * order + index] -= factor * inverse[column * order + index]
                }
            }
        }
        return inverse
    }
}
