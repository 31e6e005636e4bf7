import CKernels
import OnnxIR
import Tensors

/// Puts what follows a product or a convolution into its epilogue: a bias, a sum with another value, a function.
enum EpilogueFusion {
    static func apply(to draft: inout Draft) {
        var steps: [Draft.Step?] = draft.steps
        var readers: [DraftValue: Set<Int>] = [:]
        for (index, step) in draft.steps.enumerated() {
            for input in step.inputs { readers[draft.root(input), default: []].insert(index) }
        }
        let handedOn = Set(draft.outputs.map { draft.root($0) })
        for start in draft.steps.indices {
            var index = start
            while let step = steps[index], step.outputs.count == 1, let result = step.outputs.first,
                !handedOn.contains(result), let found = readers[result], found.count == 1, let reader = found.first,
                let next = steps[reader], next.outputs.count == 1,
                next.inputs.allSatisfy({ draft.root($0) != result || $0 == result }),
                let fused = fused(step, next, result, draft)
            {
                steps[index] = nil
                steps[reader] = fused
                for input in step.inputs {
                    readers[draft.root(input)]?.remove(index)
                    readers[draft.root(input)]?.insert(reader)
                }
                index = reader
            }
        }
        draft.steps = steps.compactMap { $0 }
    }

    private static func fused(
        _ step: Draft.Step,
        _ reader: Draft.Step,
        _ result: DraftValue,
        _ draft: Draft
    ) -> Draft.Step? {
        var step = step
        if let map = reader.kernel as? MapKernel {
            guard let kernel = step.kernel.adding(map.activation) else { return nil }
            step.kernel = kernel
            step.outputs = reader.outputs
            return step
        }
        guard let sum = reader.kernel as? BinaryKernel, sum.operation == CK_BINARY_ADD,
            var kernel = step.kernel as? any EpilogueKernel, kernel.epilogue.activation.isIdentity,
            let side = reader.inputs.firstIndex(of: result), reader.inputs.filter({ $0 == result }).count == 1,
            sum.shape.operands[side].elementCount == sum.shape.result.elementCount
        else { return nil }
        let other = reader.inputs[1 - side]
        let shape = sum.shape.operands[1 - side]
        if kernel.epilogue.bias == nil, kernel.epilogue.residual == nil, kernel.takesBias(of: shape.dimensions) {
            kernel.epilogue.bias = step.inputs.count
        } else if kernel.epilogue.residual == nil, shape.elementCount == sum.shape.result.elementCount,
            draft.root(other) != draft.root(result)
        {
            kernel.epilogue.residual = step.inputs.count
        } else {
            return nil
        }
        step.inputs.append(other)
        step.kernel = kernel
        step.outputs = reader.outputs
        return step
    }
}

extension Kernel {
    /// The kernel with a function of its results; `nil` when it has one already or takes none.
    fileprivate func adding(_ activation: ck_activation) -> (any Kernel)? {
        if var kernel = self as? any EpilogueKernel {
            guard kernel.epilogue.activation.isIdentity, kernel.takes(activation) else { return nil }
            kernel.epilogue.activation = activation
            return kernel
        }
        if var kernel = self as? BinaryKernel, kernel.activation.isIdentity {
            kernel.activation = activation
            return kernel
        }
        if var kernel = self as? ScaleBlocksKernel, kernel.activation.isIdentity {
            kernel.activation = activation
            return kernel
        }
        if var kernel = self as? BatchNormKernel, kernel.activation.isIdentity {
            kernel.activation = activation
            return kernel
        }
        return nil
    }
}
