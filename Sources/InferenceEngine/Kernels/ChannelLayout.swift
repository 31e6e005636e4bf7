import OnnxIR
import Tensors

/// Where a tensor has its channels: behind the batch, as the standard has them, or last.
///
/// Operators with channels last put them first, compute, and put them back.
enum ChannelLayout: Sendable {
    case first
    case last

    /// From `channels_last`.
    init(_ node: NodeContext) throws(EngineError) {
        self = try node.bool("channels_last", default: false) ? .last : .first
    }

    /// A tensor of this layout with its channels behind the batch.
    func channelsFirst(_ tensor: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let rank = tensor.shape.rank
        guard self == .last, rank > 2 else { return tensor }
        return try call.transposed(tensor, [0, rank - 1] + (1..<(rank - 1)))
    }

    /// A tensor with its channels behind the batch in this layout.
    func restored(_ tensor: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let rank = tensor.shape.rank
        guard self == .last, rank > 2 else { return tensor }
        return try call.transposed(tensor, [0] + (2..<rank) + [1])
    }

    /// Extents of this layout with that of the channels behind that of the batch.
    func channelsFirst(_ shape: [Dimension]) -> [Dimension] {
        guard self == .last, let channels = shape.last, shape.count > 2 else { return shape }
        return [shape[0], channels] + shape[1..<(shape.count - 1)]
    }

    /// Extents with that of the channels behind that of the batch, in this layout.
    func restored(_ shape: [Dimension]) -> [Dimension] {
        guard self == .last, shape.count > 2 else { return shape }
        return [shape[0]] + shape[2...] + [shape[1]]
    }
}
