import OnnxIR
import Tensors

/// `float16` and `bfloat16` for operators that compute in `float`.
enum Halves {
    /// Puts `float` tensors in the place of half-wide ones; the type of the first of them, `nil` when there are none.
    static func widen(_ inputs: inout [Value?]) throws(EngineError) -> ElementType? {
        var half: ElementType?
        for index in inputs.indices {
            guard case .tensor(let tensor) = inputs[index] else { continue }
            guard tensor.elementType == .float16 || tensor.elementType == .bfloat16 else { continue }
            half = half ?? tensor.elementType
            inputs[index] = .tensor(try widened(tensor))
        }
        return half
    }

    /// Rounds `float` tensors to a half-wide type.
    static func narrow(_ values: [Value], to half: ElementType) throws(EngineError) -> [Value] {
        var results: [Value] = []
        for value in values {
            guard case .tensor(let tensor) = value, tensor.elementType == .float else {
                results.append(value)
                continue
            }
            results.append(.tensor(try narrowed(tensor, to: half)))
        }
        return results
    }

    /// A tensor as `float`, when its type is a half-wide one.
    static func widened(_ tensor: Tensor) throws(EngineError) -> Tensor {
        let count = tensor.shape.elementCount
        switch tensor.elementType {
        case .float16:
            let source = try tensor.pointer(Float16.self)
            return try Tensor.filled(of: Float.self, shape: tensor.shape) { target in
                for index in 0..<count { target[index] = Float(source[index]) }
            }
        case .bfloat16:
            let source = try tensor.pointer(BFloat16.self)
            return try Tensor.filled(of: Float.self, shape: tensor.shape) { target in
                for index in 0..<count { target[index] = Float(source[index]) }
            }
        default: return tensor
        }
    }

    private static func narrowed(_ tensor: Tensor, to half: ElementType) throws(EngineError) -> Tensor {
        let source = try tensor.pointer(Float.self)
        let count = tensor.shape.elementCount
        if half == .bfloat16 {
            return try Tensor.filled(of: BFloat16.self, shape: tensor.shape) { target in
                for index in 0..<count { target[index] = BFloat16(source[index]) }
            }
        }
        return try Tensor.filled(of: Float16.self, shape: tensor.shape) { target in
            for index in 0..<count { target[index] = Float16(source[index]) }
        }
    }
}
