import CKernels
import OnnxIR
import Tensors

/// A comparison that kernels have.
protocol KernelComparison {
    static var comparison: ck_comparison { get }
}

extension Equal: KernelComparison { static var comparison: ck_comparison { CK_COMPARISON_EQUAL } }
extension Greater: KernelComparison { static var comparison: ck_comparison { CK_COMPARISON_GREATER } }
extension GreaterOrEqual: KernelComparison {
    static var comparison: ck_comparison { CK_COMPARISON_GREATER_OR_EQUAL }
}
extension Less: KernelComparison { static var comparison: ck_comparison { CK_COMPARISON_LESS } }
extension LessOrEqual: KernelComparison { static var comparison: ck_comparison { CK_COMPARISON_LESS_OR_EQUAL } }

extension ElementwiseComparison {
    func lower(_ node: inout Lowering) -> Bool {
        guard let comparison = (Function.self as? any KernelComparison.Type)?.comparison, legacy.isNone,
            node.areFloats(0, 1), let left = node.shape(0), let right = node.shape(1),
            let broadcast = BroadcastShape([left, right]), broadcast.result == node.outputShape(),
            let a = node.plain(0), let b = node.plain(1)
        else { return false }
        node.emit(ComparisonKernel(comparison: comparison, shape: broadcast), [a, b])
        return true
    }
}

extension ArgMax {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.elementCount > 0,
            let axis = normalizedAxis(axis, rank: shape.rank), let result = node.outputShape(),
            result.elementCount == shape.elementCount / shape[axis], let x = node.plain(0)
        else { return false }
        node.emit(
            ArgKernel(
                findsLowest: findsSmallest,
                takesLast: takesLast,
                outer: shape.dimensions[..<axis].reduce(1, *),
                axis: shape[axis],
                inner: shape.dimensions[(axis + 1)...].reduce(1, *)
            ),
            [x]
        )
        return true
    }
}

extension PRelu {
    func lower(_ node: inout Lowering) -> Bool {
        guard !hasChannelSlopes, let shape = node.shape(0), node.outputShape() == shape,
            node.shape(1)?.broadcast(with: shape) == shape
        else { return false }
        return node.lowerBinary(CK_BINARY_PRELU)
    }
}

extension TopK {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.elementCount > 0,
            let axis = normalizedAxis(axis, rank: shape.rank), let count = fixedCount ?? node.integers(1)?.first,
            (1...TopKKernel.greatestCount).contains(count), count <= shape[axis], node.names(output: 0),
            node.names(output: 1), let x = node.plain(0)
        else { return false }
        var dimensions = shape.dimensions
        dimensions[axis] = count
        guard node.outputShape(0)?.dimensions == dimensions, node.outputShape(1)?.dimensions == dimensions
        else { return false }
        let kernel = TopKKernel(
            findsLargest: findsLargest,
            count: count,
            outer: shape.dimensions[..<axis].reduce(1, *),
            axis: shape[axis],
            inner: shape.dimensions[(axis + 1)...].reduce(1, *)
        )
        node.emit(kernel, [x], outputs: 2)
        return true
    }
}
