/// How a model is trained: what `TrainingInfoProto` holds.
///
/// Inference does not look at it.
package struct TrainingInfo: Sendable {
    /// The graph that computes the starting values.
    package var initialization: Graph?
    /// The graph of one training step.
    package var algorithm: Graph?
    /// Initializers and the outputs of `initialization` that they start from.
    package var initializationBindings: [MetadataEntry]
    /// Initializers and the outputs of `algorithm` that replace them.
    package var updateBindings: [MetadataEntry]

    /// Training information; everything starts empty.
    package init() {
        initialization = nil
        algorithm = nil
        initializationBindings = []
        updateBindings = []
    }
}
