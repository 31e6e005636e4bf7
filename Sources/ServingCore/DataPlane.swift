import Synchronization

/// What every protocol is an adapter of: the models, and whether the server is about to end.
package final class DataPlane: Sendable {
    /// The models.
    package let models: ModelCatalog
    /// What is traced.
    package let trace: TraceSettings
    /// Where some of the requests and answers are kept.
    package let samples: InferenceSamples?
    private let draining = Atomic(false)

    /// The data plane of a server that has just started.
    package init(_ models: ModelCatalog, trace: TraceSettings = TraceSettings(), samples: InferenceSamples? = nil) {
        self.models = models
        self.trace = trace
        self.samples = samples
    }

    /// The models as they stand now.
    package var repository: ModelRepository { models.repository }

    /// Whether the server finishes what it has and takes nothing new.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Whether every model is loaded and requests are welcome.
    package var isReady: Bool { !isDraining && models.isComplete }

    /// Notes that the server is about to end.
    package func drain() { draining.store(true, ordering: .relaxed) }
}
