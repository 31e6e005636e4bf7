/// Work that waits, with its place in the order.
struct WaitingWork {
    let work: Work
    /// What comes first: by rank, and of equal ranks by arrival.
    let rank: Int
    /// Which arrival this is.
    let number: Int
    /// When it arrived.
    let arrival: Int
    /// How long it is expected to take, in nanoseconds.
    let cost: Int

    func isBefore(_ other: WaitingWork) -> Bool { (rank, number) < (other.rank, other.number) }
}

/// The waiting work of one group, in order.
struct WorkLane {
    let group: any WorkGroup
    let policy: WorkPolicy
    // Places before `head` are empty: the first is taken without moving the others.
    private var places: [WaitingWork?] = []
    private var head = 0

    init(_ group: any WorkGroup, _ policy: WorkPolicy) {
        self.group = group
        self.policy = policy
    }

    var count: Int { places.count - head }
    var first: WaitingWork? { head < places.count ? places[head] : nil }
    var last: WaitingWork? { places.last ?? nil }

    mutating func insert(_ waiting: WaitingWork) {
        var (low, high) = (head, places.count)
        // Mostly it is the last.
        if let last, !waiting.isBefore(last) { low = high }
        while low < high {
            let middle = (low + high) / 2
            if let other = places[middle], waiting.isBefore(other) { high = middle } else { low = middle + 1 }
        }
        places.insert(waiting, at: low)
    }

    mutating func removeFirst() -> WaitingWork? {
        guard let first else { return nil }
        places[head] = nil
        head += 1
        if head == places.count {
            places.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head >= places.count / 2 {
            places.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func removeLast() -> WaitingWork? { count > 0 ? places.removeLast() : nil }

    /// How many requests are to be taken together now, or until when others are waited for.
    enum Readiness: Equatable {
        case ready(count: Int)
        case waits(until: Int)
    }

    func readiness(at now: Int) -> Readiness {
        guard let batching = policy.batching else { return .ready(count: 1) }
        let size = group.pace.size
        let waiting = count.multipliedReportingOverflow(by: size)
        let rows = min(waiting.overflow ? Int.max : waiting.partialValue, batching.maximumSize)
        let complete = batching.preferredSizes.first ?? batching.maximumSize
        if rows < complete, batching.maximumDelay > 0 {
            let (end, isNever) = oldestArrival.addingReportingOverflow(batching.maximumDelay)
            if isNever || now < end { return .waits(until: isNever ? Int.max : end) }
        }
        let preferred = batching.preferredSizes.last { $0 <= rows }
        return .ready(count: max(1, min(count, (preferred ?? Self.evenSize(rows, batching)) / size)))
    }

    /// The size of a batch of at most so many rows: a power of two, so that a model is run with few sizes.
    private static func evenSize(_ rows: Int, _ batching: WorkPolicy.Batching) -> Int {
        guard rows < batching.maximumSize, rows > 0 else { return rows }
        return 1 << (Int.bitWidth - 1 - rows.leadingZeroBitCount)
    }

    private var oldestArrival: Int { places[head...].reduce(Int.max) { min($0, $1?.arrival ?? Int.max) } }
}
