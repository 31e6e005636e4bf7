import CKernels
import OnnxIR
import Tensors

/// Puts what follows a product or a convolution into its epilogue: a constant bias, a sum with another value, a function.
enum EpilogueFusion {
    static func apply(to draft: inout Draft) {
        var index = 0
        while index < draft.steps.count {
            if fuse(at: index, in: &draft) { continue }
            index += 1
        }
    }

    /// Whether the step at `index` took on its only reader, in whose place it then stands.
    private static func fuse(at index: Int, in draft: inout Draft) -> Bool {
        let step = draft.steps[index]
        guard let result = step.outputs.first, step.outputs.count == 1, !draft.outputs.contains(result),
            let readerIndex = draft.onlyReader(of: result)
        else { return false }
        let reader = draft.steps[readerIndex]
        guard reader.outputs.count == 1, let fused = fused(step, reader, result, draft) else { return false }
        draft.steps[readerIndex] = fused
        draft.steps.remove(at: index)
        return true
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
        if var kernel = self as? BatchNormKernel, kernel.activation.isIdentity {
            kernel.activation = activation
            return kernel
        }
        return nil
    }
}

extension Draft {
    /// The step that reads a value, when it is the only one and reads it as it is.
    fileprivate func onlyReader(of value: DraftValue) -> Int? {
        var found: Int?
        for (index, step) in steps.enumerated() where step.inputs.contains(where: { root($0) == value }) {
            guard found == nil, step.inputs.allSatisfy({ root($0) != value || $0 == value }) else { return nil }
            found = index
        }
        guard !outputs.contains(where: { root($0) == value }) else { return nil }
        return found
    }
}
