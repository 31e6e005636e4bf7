import Diagnostics
import OnnxIR
import Tensors

/// Rows brought to a mean square of 1 and, unless they are simplified, to mean 0 before.
struct NormalizedRows {
    let result: Tensor
    let means: [Float]
    let inverses: [Float]

    /// Normalises rows of `length` elements, then scales and shifts each element of them.
    ///
    /// *Numerics*: means and squares are summed in `Double`.
    init<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        length: Int,
        scale: Tensor,
        shift: Tensor? = nil,
        epsilon: Float,
        isSimplified: Bool,
        _ call: OperatorCall
    ) throws(EngineError) {
        for (name, factor) in [("scale", scale), ("shift", shift)] {
            guard let factor, factor.shape.elementCount != length else { continue }
            throw EngineError(.shape, "the \(name) has shape \(factor.shape), expected \(length) elements")
        }
        let source = try input.pointer(type)
        let factors = try scale.pointer(type)
        let offsets = try shift?.pointer(type)
        let rowCount = length == 0 ? 0 : input.shape.elementCount / length
        var (means, inverses): ([Float], [Float]) = ([], [])
        result = try call.tensor(of: type, input.shape) { target in
            for row in 0..<rowCount {
                let x = UnsafeBufferPointer(start: source + row * length, count: length)
                let mean = isSimplified ? 0 : x.reduce(0.0) { $0 + Double($1) } / Double(length)
                let square = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(length)
                let inverse = 1 / (square + Double(epsilon)).squareRoot()
                for index in 0..<length {
                    let normal = Element((Double(x[index]) - mean) * inverse)
                    target[row * length + index] = normal * factors[index] + (offsets?[index] ?? 0)
                }
                means.append(Float(mean))
                inverses.append(Float(inverse))
            }
        }
        (self.means, self.inverses) = (means, inverses)
    }
}
