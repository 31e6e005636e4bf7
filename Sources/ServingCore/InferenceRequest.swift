package import Tensors

/// A tensor with the name of the input or output that it belongs to.
package struct NamedTensor: Sendable {
    package let name: String
    package let tensor: Tensor

    /// A named tensor.
    package init(name: String, tensor: Tensor) {
        self.name = name
        self.tensor = tensor
    }
}

/// What a client asks of a model, whatever the protocol it came by.
package struct InferenceRequest: Sendable {
    /// The tensors in the order of the request.
    package var inputs: [NamedTensor]
    /// The names of the outputs that are wanted; all of them when `nil`.
    package var outputs: [String]?
    /// How long after its arrival the request may still be computed, in nanoseconds; always when `nil`.
    package var timeout: Int?
    /// Whether nobody waits for the answer any more; asked while the model runs.
    package var isAbandoned: (@Sendable () -> Bool)?

    /// The most bytes of a request that may be answered on the thread that received it.
    package static let shortByteCount = 16 << 10

    /// A request.
    package init(inputs: [NamedTensor], outputs: [String]? = nil) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// What a model answers.
package struct InferenceResponse: Sendable {
    /// The tensors in the order of the request, or in the model's.
    package let outputs: [NamedTensor]
}
