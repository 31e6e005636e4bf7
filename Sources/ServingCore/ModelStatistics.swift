import ServingObservation
import Synchronization

/// What a version of a model has done since it was loaded.
package final class ModelStatistics: Sendable {
    /// How often something was done, and how long it took together.
    package struct Sum: Sendable, Hashable {
        package var count = 0
        package var nanoseconds = 0

        /// Nothing was done yet.
        package init() {}

        mutating func add(_ nanoseconds: Int) {
            count &+= 1
            self.nanoseconds &+= nanoseconds
        }
    }

    /// The parts of the computing.
    package struct Compute: Sendable, Hashable {
        /// Reading the inputs of a request.
        package var input = Sum()
        /// Running the model.
        package var infer = Sum()
        /// Writing the outputs.
        package var output = Sum()
    }

    /// Everything that is counted, at one time.
    package struct Snapshot: Sendable, Hashable {
        /// When the last request was computed, in milliseconds since 1970; 0 when none was.
        package var lastInference = 0
        /// The rows of all requests.
        package var inferenceCount = 0
        /// How often the model ran.
        package var executionCount = 0
        /// Requests that were answered, from their arrival on.
        package var success = Sum()
        /// Requests that were not.
        package var failure = Sum()
        /// The time that requests waited for a thread.
        package var queue = Sum()
        package var compute = Compute()
        /// The parts of the computing by the rows of a run.
        package var batches: [Int: Compute] = [:]
        /// How many answers took at most as long as each of `durationBounds`, and longer than the one before it.
        package var durations = [Int](repeating: 0, count: durationBounds.count)
        /// The same of the time that requests waited.
        package var queueDurations = [Int](repeating: 0, count: durationBounds.count)
        /// The same of the time that the model ran.
        package var computeDurations = [Int](repeating: 0, count: durationBounds.count)
    }

    /// The bounds that the durations of answers are counted between, in seconds.
    package static let durationBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// How long the parts of one request took, in nanoseconds.
    package struct Times: Sendable, Hashable {
        package var queue: Int
        package var input: Int
        package var infer: Int
        package var output: Int

        /// The times of a request.
        package init(queue: Int, input: Int, infer: Int, output: Int) {
            self.queue = queue
            self.input = input
            self.infer = infer
            self.output = output
        }

        fileprivate var total: Int { queue &+ input &+ infer &+ output }
    }

    /// The sizes of batches that are told apart; the others count together with the largest.
    private static let batchLimit = 64

    /// A request that took so long, in nanoseconds, tells at once that there are others than short ones.
    private static let longTime = 1_000_000

    private let state = Mutex(Snapshot())
    /// How long requests took to compute lately, in nanoseconds; forgets long ones slowly.
    private let recent = Atomic(Int.max)

    /// Nothing was done yet.
    package init() {}

    /// Everything that is counted.
    package var snapshot: Snapshot { state.withLock { $0 } }

    /// Whether requests are computed in about the time that handing one to another thread takes.
    package var isShort: Bool { recent.load(ordering: .relaxed) < 100_000 }

    /// Counts a request that was answered.
    ///
    /// *Parameter* rows: its extent along the axis of the batch; 1 when there is none.
    package func addSuccess(_ times: Times, rows: Int) {
        note(times.total &- times.queue)
        state.withLock { state in
            state.lastInference = nanosecondsSince1970() / 1_000_000
            state.inferenceCount &+= rows
            state.executionCount &+= 1
            state.success.add(times.total)
            Self.count(times.total, in: &state.durations)
            Self.count(times.queue, in: &state.queueDurations)
            Self.count(times.infer, in: &state.computeDurations)
            state.queue.add(times.queue)
            state.compute.add(times)
            let size = state.batches.count < Self.batchLimit || state.batches[rows] != nil ? rows : 0
            state.batches[size, default: Compute()].add(times)
        }
    }

    private static func count(_ nanoseconds: Int, in counts: inout [Int]) {
        let seconds = Double(nanoseconds) / 1e9
        if let index = durationBounds.firstIndex(where: { seconds <= $0 }) { counts[index] &+= 1 }
    }

    /// Takes the time of a request into account; of two at once, one may go uncounted.
    private func note(_ nanoseconds: Int) {
        let old = recent.load(ordering: .relaxed)
        let new =
            if old == .max {
                nanoseconds
            } else if nanoseconds > Self.longTime {
                max(nanoseconds, old)
            } else {
                old + (nanoseconds - old) / (nanoseconds > old ? 8 : 64)
            }
        recent.store(new, ordering: .relaxed)
    }

    /// Counts a request that was not.
    package func addFailure(nanoseconds: Int) {
        if nanoseconds > Self.longTime { note(nanoseconds) }
        state.withLock { $0.failure.add(nanoseconds) }
    }
}

extension ModelStatistics.Compute {
    fileprivate mutating func add(_ times: ModelStatistics.Times) {
        input.add(times.input)
        infer.add(times.infer)
        output.add(times.output)
    }
}
