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

    /// How urgent requests may say that they are.
    package struct Priorities: Sendable, Hashable {
        /// How many levels there are; 1 is the most urgent.
        package var levelCount: Int
        /// The level of a request that names none.
        package var defaultLevel: Int

        /// Levels from 1 on.
        package init(levelCount: Int, defaultLevel: Int) {
            self.levelCount = levelCount
            self.defaultLevel = defaultLevel
        }
    }

    /// How requests are put together; each runs alone when `nil`, or with at most one row.
    package var batching: Batching?
    /// How many runs of the model go on at a time; as many as there are threads when `nil`.
    package var instanceCount: Int?
    /// How many requests for the model may wait; as many as may wait in all when `nil`.
    package var maximumQueue: Int?
    /// The levels of urgency; all requests are equally urgent when `nil`.
    package var priorities: Priorities?

    /// Settings with every default.
    package init() {}
}
