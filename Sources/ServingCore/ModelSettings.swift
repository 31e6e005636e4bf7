/// How a model is served, where somebody said so: the `model.yaml` beside its files.
package struct ModelSettings: Sendable, Hashable {
    /// How requests are put together into one run.
    package struct Batching: Sendable, Hashable {
        /// The most rows of a run; a request with more runs alone.
        package var maximumRows = 64
        /// Sizes in rows that are waited for, in ascending order.
        package var preferredRows: [Int] = []
        /// How long the first request of a run may wait for others while threads are free, in nanoseconds.
        package var maximumDelay = 0

        /// Batching that adds no delay.
        package init() {}
    }

    /// How requests are put together; each runs alone when `nil`.
    package var batching: Batching?
    /// How many runs of the model go on at a time; as many as there are threads when `nil`.
    package var instanceCount: Int?

    /// Settings with every default.
    package init() {}
}
