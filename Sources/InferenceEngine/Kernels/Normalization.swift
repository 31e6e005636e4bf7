import Diagnostics
import OnnxIR
import Tensors

extension OperatorCall {
    /// Rows of equal length, each turned into one with mean 0 and variance 1, with what its mean and the inverse of its
    /// deviation were.
    func standardized<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        rowLength: Int,
        epsilon: Double
    ) throws(EngineError) -> (result: Tensor, means: [Double], inverses: [Double]) {
        let source = try input.pointer(type)
        let rows = rowLength == 0 ? 0 : input.shape.elementCount / rowLength
        var (means, inverses): ([Double], [Double]) = ([], [])
        let result = try tensor(of: type, input.shape) { target in
            for row in 0..<rows {
                let x = UnsafeBufferPointer(start: source + row * rowLength, count: rowLength)
                let mean = x.reduce(0.0) { $0 + Double($1) } / Double(rowLength)
                let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(rowLength)
                let inverse = 1 / (variance + epsilon).squareRoot()
                for index in 0..<rowLength {
                    target[row * rowLength + index] = Element((Double(x[index]) - mean) * inverse)
                }
                means.append(mean)
                inverses.append(inverse)
            }
        }
        return (result, means, inverses)
    }

    /// `x · scale + shift` with broadcasting.
    func scaled(_ input: Tensor, by scale: Tensor, plus shift: Tensor?) throws(EngineError) -> Tensor {
        let product = try Mul.compute(input, scale, self)
        guard let shift else { return product }
        return try Add.compute(product, shift, self)
    }

    /// A vector with one element for each channel, in a shape that broadcasts against `[n, c, …]`.
    func channelVector(_ vector: Tensor, _ name: String, like shape: Shape) throws(EngineError) -> Tensor {
        guard shape.rank >= 2, vector.shape.elementCount == shape[1] else {
            throw EngineError(
                .shape,
                "`\(name)` has shape \(vector.shape), expected a number for each channel of \(shape)"
            )
        }
        return try vector.with(shape: self.shape([shape[1]] + [Int](repeating: 1, count: shape.rank - 2)))
    }
}
