import Diagnostics
import OnnxIR
import Tensors

extension OperatorCall {
    /// Applies `transform` to the real and to the imaginary parts of complex numbers, for what is linear in them.
    ///
    /// `parts` has both along its last axis, and so has the result.
    func separately(
        _ parts: Tensor,
        _ transform: (Tensor) throws(EngineError) -> Tensor
    ) throws(EngineError) -> Tensor {
        let last = parts.shape.rank - 1
        let real = try transform(slice(parts, at: 0, axis: last))
        let imaginary = try transform(slice(parts, at: 1, axis: last))
        return try stacked([real, imaginary], axis: real.shape.rank, .unknown)
    }
}

extension Tensor {
    /// Complex numbers as pairs of real ones along a new last axis; `nil` for other types.
    func complexParts() throws(EngineError) -> Tensor? {
        let type: ElementType
        switch elementType {
        case .complex64: type = .float
        case .complex128: type = .double
        default: return nil
        }
        guard let region, let shape = Shape(shape.dimensions + [2]) else { return nil }
        return try Self.wrapping { () throws(TensorError) in
            try Tensor(elementType: type, shape: shape, region: region)
        }
    }

    /// The complex numbers whose parts lie along the last axis.
    static func joined(_ parts: Tensor) throws(EngineError) -> Tensor {
        guard let region = parts.region, let shape = Shape(Array(parts.shape.dimensions.dropLast())) else {
            return parts
        }
        let type: ElementType = parts.elementType == .float ? .complex64 : .complex128
        return try wrapping { () throws(TensorError) in
            try Tensor(elementType: type, shape: shape, region: region)
        }
    }
}
