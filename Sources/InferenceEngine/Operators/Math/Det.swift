import Diagnostics
import OnnxIR
import Tensors

/// The determinants of square matrices.
///
/// *Shapes*: `[…, n, n] → […]`.
struct Det: Operator {
    static let definition = OperatorDefinition("Det", since: 11, 22, halves: .widened) { _ throws(EngineError) in Det()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = inputs.shape()
        return [.tensor(inputs.elementType(), shape.flatMap { $0.count < 2 ? nil : Array($0.dropLast(2)) })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try determinants(Float.self, input, call))]
        case .double: return [.tensor(try determinants(Double.self, input, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func determinants<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let dimensions = input.shape.dimensions
        guard dimensions.count >= 2, let size = dimensions.last, dimensions[dimensions.count - 2] == size else {
            throw EngineError(.shape, "input has shape \(input.shape), expected square matrices")
        }
        let source = try input.pointer(type)
        let shape = try call.shape(dimensions.dropLast(2))
        return try call.tensor(of: type, shape) { target in
            for index in 0..<shape.elementCount {
                let elements = UnsafeBufferPointer(start: source + index * size * size, count: size * size)
                target[index] = Element(Self.determinant(elements.map { Double($0) }, size))
            }
        }
    }

    /// The product of the pivots of a matrix that is brought to triangular form.
    private static func determinant(_ elements: [Double], _ size: Int) -> Double {
        var matrix = elements
        var result = 1.0
        for column in 0..<size {
            var pivot = column
            for row in column..<size
            where matrix[row * size + column].magnitude > matrix[pivot * size + column].magnitude {
                pivot = row
            }
            if pivot != column {
                for index in column..<size { matrix.swapAt(pivot * size + index, column * size + index) }
                result = -result
            }
            let divisor = matrix[column * size + column]
            result *= divisor
            guard divisor != 0 else { return result }
            for row in (column + 1)..<max(size, column + 1) {
                let factor = matrix[row * size + column] / divisor
                for index in column..<size { matrix[row * size + index] -= factor * matrix[column * size + index] }
            }
        }
        return result
    }
}
