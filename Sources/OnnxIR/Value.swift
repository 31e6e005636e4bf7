package import Tensors

/// What flows along an edge of a graph when it runs.
package indirect enum Value: Sendable {
    case tensor(Tensor)
    /// Values of one type, which `of` names even when there are none.
    case sequence([Value], of: ValueType)
    /// Keys (a vector of an integer type or of strings) and as many values, in the file's order.
    case map(keys: Tensor, values: [Value], of: ValueType)
    /// A value or none, of the type that `of` names.
    case optional(Value?, of: ValueType)

    /// The tensor, when the value is one.
    package var tensor: Tensor? {
        guard case .tensor(let tensor) = self else { return nil }
        return tensor
    }
}
