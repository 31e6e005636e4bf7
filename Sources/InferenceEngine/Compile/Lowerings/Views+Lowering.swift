import OnnxIR
import Tensors

/// An operator whose output has the elements of its first input under another shape.
protocol ViewOperator: Operator {}

extension ViewOperator {
    func lower(_ node: inout Lowering) -> Bool { node.lowerView() }
}

extension Flatten: ViewOperator {}
extension Identity: ViewOperator {}
extension Reshape: ViewOperator {}
extension Squeeze: ViewOperator {}
extension Unsqueeze: ViewOperator {}

extension Dropout {
    func lower(_ node: inout Lowering) -> Bool {
        guard !node.names(output: 1), neverDrops || !node.has(2) || node.integers(2) == [0] else { return false }
        return node.lowerView()
    }
}

extension Lowering {
    fileprivate mutating func lowerView() -> Bool {
        guard let type = elementType(0), type == outputType(), let bits = type.bitWidth, bits >= 8,
            let shape = shape(0), let result = outputShape(), shape.elementCount == result.elementCount
        else { return false }
        if isBlocked(0), shape == result, let value = blocked(0) {
            emitView(of: value, layout: .blocked)
            return true
        }
        guard let value = plain(0) else { return false }
        emitView(of: value)
        return true
    }

    /// Bytes of an element of an input; `nil` for types whose elements share bytes or lie elsewhere.
    func elementByteCount(_ index: Int) -> Int? {
        guard let bits = elementType(index)?.bitWidth, bits % 8 == 0, bits <= 128 else { return nil }
        return bits / 8
    }
}

extension Cast {
    func lower(_ node: inout Lowering) -> Bool {
        guard let source = node.elementType(0), let target = node.outputType(), let shape = node.shape(0),
            node.outputShape() == shape, let kernel = CastKernel(source, target, count: shape.elementCount),
            let input = node.plain(0)
        else { return false }
        node.emit(kernel, [input])
        return true
    }
}
