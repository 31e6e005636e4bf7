import Tensors

/// How a session runs its model.
package struct InferenceOptions: Sendable {
    /// Whether passes rewrite the graph and plans are kept; otherwise the reference interpreter runs it as written.
    package var optimised = true
    /// Threads of a run; `nil` for as many as there are processors that the process may use.
    package var threadCount: Int?
    /// Processors that the process may use, by its affinity and its control group.
    package static let usableProcessorCount = ThreadPool.usableProcessorCount
    /// The instruction set of the kernels; `nil` for the widest that the processor has.
    package var instructionSet: InstructionSet?
    /// What products with constant weights are computed in, unless they are too small to gain.
    package var precision = Precision.fp32
    /// How many plans are kept, one for each signature of input shapes.
    package var cachedPlanCount = 16
    /// Whether a run fails where a value is not what was inferred of it; for tests of the inference.
    package var checksInference = false
    /// What a model may demand of the machine.
    package var limits = InferenceLimits()
    /// What decodes images for the operator `ImageDecoder`; without it, a model that has the operator is refused.
    package var imageDecoder: (any ImageDecoding)?

    /// Options with their defaults.
    package init() {}

    /// Optimised, with the default limits.
    package static let `default` = InferenceOptions()

    /// The reference interpreter, with the default limits.
    package static let reference: InferenceOptions = {
        var options = InferenceOptions()
        options.optimised = false
        return options
    }()
}

/// What a model may demand of the machine; a small file can ask for a lot.
package struct InferenceLimits: Sendable {
    /// Bytes of one tensor.
    package var tensorByteCount = 1 << 31
    /// Bytes of all values that live at one time in a run.
    package var totalByteCount = 1 << 33
    /// Trips of all loops in a run, taken together.
    package var loopTripCount = 10_000_000
    /// Nodes after functions are put in place of their calls.
    package var nodeCount = 1_000_000
    /// Depth of subgraphs and function calls within one another.
    package var nestingDepth = 32
    /// Bytes that constant folding may add to the plan for one node.
    package var foldedByteCount = 1 << 20
    /// Bytes that constant folding may add to the plan for one signature of input shapes.
    package var planByteCount = 1 << 24

    /// Limits with their defaults.
    package init() {}

    /// Bounds the bytes of all values of a run, and those of one tensor where they are more.
    package mutating func boundMemory(to byteCount: Int) {
        totalByteCount = byteCount
        tensorByteCount = byteCount
    }
}
