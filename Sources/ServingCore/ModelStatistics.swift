import Glibc
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

    private let state = Mutex(Snapshot())

    init() {}

    /// Everything that is counted.
    package var snapshot: Snapshot { state.withLock { $0 } }

    /// Counts a request that was answered, and ran alone.
    ///
    /// *Parameter* rows: its extent along the axis of the batch; 1 when there is none.
    package func addSuccess(_ times: Times, rows: Int) {
        state.withLock { state in
            state.executionCount &+= 1
            state.addRequest(times, rows: rows)
            state.batches[state.size(rows), default: Compute()].add(times)
        }
    }

    /// Counts a run for several requests.
    ///
    /// *Parameter* times: how long reading all of them, running and writing all answers took.
    /// *Parameter* rows: those of all requests.
    package func addRun(_ times: Times, rows: Int) {
        state.withLock { state in
            state.executionCount &+= 1
            state.batches[state.size(rows), default: Compute()].add(times)
        }
    }

    /// Counts a request that was answered, and ran together with others.
    package func addMember(_ times: Times, rows: Int) {
        state.withLock { $0.addRequest(times, rows: rows) }
    }

    /// Counts a request that was not.
    package func addFailure(nanoseconds: Int) { state.withLock { $0.failure.add(nanoseconds) } }
}

extension ModelStatistics.Snapshot {
    /// The sizes of batches that are told apart; the others count under 0.
    private static let batchLimit = 64

    fileprivate func size(_ rows: Int) -> Int {
        batches.count < Self.batchLimit || batches[rows] != nil ? rows : 0
    }

    fileprivate mutating func addRequest(_ times: ModelStatistics.Times, rows: Int) {
        lastInference = millisecondsSince1970()
        inferenceCount &+= rows
        success.add(times.total)
        let seconds = Double(times.total) / 1e9
        let bounds = ModelStatistics.durationBounds
        if let index = bounds.firstIndex(where: { seconds <= $0 }) { durations[index] &+= 1 }
        queue.add(times.queue)
        compute.add(times)
    }
}

extension ModelStatistics.Compute {
    fileprivate mutating func add(_ times: ModelStatistics.Times) {
        input.add(times.input)
        infer.add(times.infer)
        output.add(times.output)
    }
}

private func millisecondsSince1970() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}
