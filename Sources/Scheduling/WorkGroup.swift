/// What the work of some requests has in common: that of one version of a model.
package protocol WorkGroup: AnyObject, Sendable {
    /// What a request brings whose work may be done together with that of others.
    associatedtype Member: Sendable

    /// How the work is taken.
    var policy: WorkPolicy { get }

    /// How long the work took so far.
    var pace: WorkPace { get }

    /// Does the work of some requests on the calling thread, and answers each of them.
    func run(_ members: [Member])
}

/// How the work of a group is taken.
package struct WorkPolicy: Sendable, Hashable {
    /// How the work of several requests is done as one.
    package struct Batching: Sendable, Hashable {
        /// The largest size of a batch, in the unit of `WorkPace.size`.
        package var maximumSize: Int
        /// Sizes at which a batch is complete, in ascending order.
        package var preferredSizes: [Int] = []
        /// How long the first request of a batch that is not complete waits for others, in nanoseconds.
        package var maximumDelay = 0

        /// Batches that are made of what waits, and wait for nothing.
        package init(maximumSize: Int) { self.maximumSize = maximumSize }
    }

    /// How requests are done together; each alone when `nil`.
    package var batching: Batching?
    /// How many threads may work for the group at a time; all when `nil`.
    package var runLimit: Int?
    /// How many of the group's requests may wait; as many as may wait in all when `nil`.
    package var waitingLimit: Int?

    /// A policy of one by one, without limits.
    package init() {}
}

/// Work that has nothing in common but the threads.
package final class PlainWork: WorkGroup {
    package let policy = WorkPolicy()
    package let pace = WorkPace()

    /// A group of work that is done one by one.
    package init() {}

    package func run(_ members: [Never]) {}
}
