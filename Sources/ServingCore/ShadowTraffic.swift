import Glibc
import ServingObservation
import Synchronization
import Tensors

/// A version that computes requests which another has answered, so that the two can be compared.
///
/// Its answers reach nobody, its failures neither; and where it is too slow, requests pass it by.
package final class ShadowTraffic: Sendable {
    /// What became of the requests.
    package struct Counts: Sendable, Hashable {
        /// Both answers were the same, within the tolerance.
        package var equal = 0
        package var different = 0
        /// The shadow did not answer.
        package var failed = 0
        /// Too many requests waited already.
        package var dropped = 0

        /// No requests.
        package init() {}
    }

    /// A request with the answer that its client had.
    private struct Job: Sendable {
        let request: InferenceRequest
        let response: InferenceResponse
    }

    /// The version.
    package let target: ServedModel
    /// How many of 10,000 requests it computes.
    private let share: Int
    private let offered = Atomic(0)
    private let queue: DroppingQueue<Job>
    private let tally = Tally()

    /// What the thread counts, which outlives the shadow by the run that it is in.
    private final class Tally: Sendable {
        let counts = Mutex(Counts())
    }

    /// What a request weighs beside its bytes, so that at most 64 wait, and as many that the thread has taken.
    private static let requestWeight = 1 << 20

    /// Starts the thread of a shadow; `nil` when there is no pipe to be had.
    init?(_ target: ServedModel, _ settings: ModelManifest.Shadow) {
        guard let queue = DroppingQueue<Job>(limit: 64 * Self.requestWeight) else { return nil }
        self.target = target
        self.queue = queue
        share = settings.share
        let tolerance = settings.tolerance
        _ = QueueThread { [tally] in
            setIdlePriority()
            while let jobs = queue.take(linger: 0) {
                for job in jobs where !queue.isEnded {
                    let outcome = Self.compare(job, target, tolerance)
                    tally.counts.withLock { $0[keyPath: outcome] += 1 }
                }
            }
        }
    }

    deinit { queue.end() }

    /// What became of the requests so far.
    package var counted: Counts {
        var counts = tally.counts.withLock(\.self)
        counts.dropped = queue.droppedCount
        return counts
    }

    /// Computes a request that was answered, if it is one of the share.
    func offer(_ request: InferenceRequest, _ response: InferenceResponse) {
        let number = offered.add(1, ordering: .relaxed).oldValue
        // The whole part of the product grows by one exactly `share` times in 10,000 requests, evenly spread.
        let turn = (number & .max) % 10_000
        guard (turn + 1) * share / 10_000 > turn * share / 10_000 else { return }
        let bytes = (request.inputs + response.outputs).reduce(0) { $0 + $1.tensor.byteCount }
        var request = request
        request.isAbandoned = { [queue] in queue.isEnded }
        request.timeout = nil
        queue.append(Job(request: request, response: response), weight: bytes + Self.requestWeight)
    }

    private static func compare(
        _ job: Job,
        _ target: ServedModel,
        _ tolerance: Double
    ) -> WritableKeyPath<Counts, Int> {
        guard let response = try? target.infer(job.request) else { return \.failed }
        return areClose(job.response, response, tolerance) ? \.equal : \.different
    }
}

/// Where a version finds the shadow that its requests are offered to.
package final class ShadowSlot: Sendable {
    private let isSet = Atomic(false)
    private let value = Mutex<ShadowTraffic?>(nil)

    /// The shadow; finding out that there is none takes no lock.
    package var traffic: ShadowTraffic? {
        get { isSet.load(ordering: .acquiring) ? value.withLock(\.self) : nil }
        set {
            value.withLock { $0 = newValue }
            isSet.store(newValue != nil, ordering: .releasing)
        }
    }
}

extension Tensor {
    /// The bytes of the elements.
    fileprivate var byteCount: Int {
        region?.bytes.count ?? (strings ?? []).reduce(0) { $0 + $1.utf8.count }
    }
}

/// Has the thread run when no other wants the processor; where that is not allowed, it runs as others do.
private func setIdlePriority() {
    /// `SCHED_IDLE`, which the module of the C library leaves out.
    let idle: CInt = 5
    var parameters = sched_param()
    _ = sched_setscheduler(0, idle, &parameters)
}
