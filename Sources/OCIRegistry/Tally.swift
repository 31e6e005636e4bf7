import Synchronization

/// Counts of blobs and bytes that several threads add to.
final class Tally: Sendable {
    private let state: Mutex<(counts: [BlobArrival: Int], byteCounts: [BlobArrival: Int])>

    init(_ counts: [BlobArrival: Int], _ byteCounts: [BlobArrival: Int]) { state = Mutex((counts, byteCounts)) }

    func add(_ arrival: BlobArrival, _ byteCount: Int) {
        state.withLock { state in
            state.counts[arrival, default: 0] += 1
            state.byteCounts[arrival] = [state.byteCounts[arrival, default: 0], byteCount].saturatingSum
        }
    }

    var result: (counts: [BlobArrival: Int], byteCounts: [BlobArrival: Int]) { state.withLock { $0 } }
}
