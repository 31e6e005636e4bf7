import Scheduling
import Synchronization

/// What every protocol is an adapter of: the models, and whether the server is about to end.
package final class DataPlane: Sendable {
    /// The models.
    package let models: ModelCatalog
    /// How many requests are computed at a time.
    package let threadCount: Int
    /// What is traced.
    package let trace: TraceSettings
    /// Where some of the requests and answers are kept.
    package let samples: InferenceSamples?
    private let draining = Atomic(false)

    /// The data plane of a server that has just started.
    package init(
        _ models: ModelCatalog,
        threadCount: Int = 1,
        trace: TraceSettings = TraceSettings(),
        samples: InferenceSamples? = nil
    ) {
        self.models = models
        self.threadCount = threadCount
        self.trace = trace
        self.samples = samples
    }

    /// How many runs of a model go on at a time at most.
    package func instanceCount(of model: ServedModel) -> Int {
        min(model.policy.runLimit ?? threadCount, threadCount)
    }

    /// The models as they stand now.
    package var repository: ModelRepository { models.repository }

    /// Whether the server finishes what it has and takes nothing new.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Whether every model is loaded and requests are welcome.
    package var isReady: Bool { !isDraining && models.isComplete }

    /// Tells when `isReady` and `isDraining` may have become others.
    package var changes: ChangeSignal { models.changes }

    /// Notes that the server is about to end.
    package func drain() {
        draining.store(true, ordering: .relaxed)
        changes.notify()
    }
}
