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

    /// Rounds `float` tensors to the half-wide type that an input of the same type variable had.
    ///
    /// `sources` has for each output the inputs that share its variable; `nil` where that is not known, and the first
    /// half-wide input decides.
    ///
    /// *Throws*: `elementType` when inputs of one variable had different types.
    static func narrow(
        _ values: [Value],
        _ halves: [ElementType?],
        sources: [[Int]]?,
        inputs: [Value?]
    ) throws(EngineError) -> [Value] {
        guard halves.contains(where: { $0 != nil }) else { return values }
        var results: [Value] = []
        for (index, value) in values.enumerated() {
            let candidates = sources.map { index < $0.count ? $0[index] : [] } ?? Array(halves.indices)
            let half = candidates.lazy.compactMap { $0 < halves.count ? halves[$0] : nil }.first
            guard let half, case .tensor(let tensor) = value, tensor.elementType == .float else {
                results.append(value)
                continue
            }
            for index in sources == nil ? [] : candidates where inputs[index]?.tensor?.elementType == .float {
                guard halves[index] == half else { throw .elementTypes(halves[index] ?? .float, half) }
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
