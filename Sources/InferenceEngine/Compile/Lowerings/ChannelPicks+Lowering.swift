import CKernels
import OnnxIR
import Tensors

extension Lowering {
    /// As many channels as there are, by constant indices, where they lie in blocks.
    mutating func lowerChannelPick() -> Bool {
        guard isBlocked(0), areFloats(0), let shape = shape(0), shape.rank >= 3, outputShape() == shape,
            let indices = constant(1), indices.shape.rank == 1, let picked = try? indices.integers(""),
            picked.allSatisfy({ $0 >= -shape[1] && $0 < shape[1] }), shape[1] <= Int(Int32.max),
            let value = blocked(0)
        else { return false }
        let order = picked.map { Int32($0 < 0 ? $0 + shape[1] : $0) }
        let positions = shape.dimensions[2...].reduce(1, *)
        emit(PickChannelsKernel(batch: shape[0], positions: positions, order: order), [value], layout: .blocked)
        return true
    }

    /// What the channels of a blocked input were picked from, and by which order.
    mutating func channelPick(_ index: Int) -> (source: DraftValue, order: [Int32])? {
        guard isBlocked(index), let value = blocked(index),
            let step = segment.draft.steps.last(where: { $0.outputs.contains(value) }),
            let pick = step.kernel as? PickChannelsKernel
        else { return nil }
        return (step.inputs[0], pick.order)
    }
}

extension ck_conv_shape {
    /// Whether each output is made of one place of the input, and there is one for each.
    var isPointwise: Bool {
        kernel == (1, 1, 1) && stride == (1, 1, 1) && pad == (0, 0, 0) && input == output
    }
}
