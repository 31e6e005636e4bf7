import OnnxIR
import Tensors

/// `float16` and `bfloat16` for operators that compute in `float`.
enum Halves {
    /// Puts `float` tensors in the place of half-wide ones, and says what each input was.
    static func widen(_ inputs: inout [Value?]) throws(EngineError) -> [ElementType?] {
        var halves = [ElementType?](repeating: nil, count: inputs.count)
        for index in inputs.indices {
            guard case .tensor(let tensor) = inputs[index] else { continue }
            guard tensor.elementType == .float16 || tensor.elementType == .bfloat16 else { continue }
            halves[index] = tensor.elementType
            inputs[index] = .tensor(try widened(tensor))
        }
        return halves
    }

    /// Rounds `float` tensors to the half-wide type that the inputs of their type variable had.
    ///
    /// Without variables, the first half-wide input decides.
    static func narrow(
        _ values: [Value],
        _ halves: [ElementType?],
        _ variables: TypeVariables?
    ) throws(EngineError) -> [Value] {
        guard halves.contains(where: { $0 != nil }) else { return values }
        var results: [Value] = []
        for (index, value) in values.enumerated() {
            let first = halves.lazy.compactMap(\.self).first
            let half = variables.map { $0.half(ofOutput: index, halves) } ?? first
            guard let half, case .tensor(let tensor) = value, tensor.elementType == .float else {
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
