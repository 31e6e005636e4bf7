/// The work that waits for a thread, and the work that is being done: what is taken next, and what is not taken at all.
///
/// A value without threads and without a clock.
package struct WorkQueue {
    /// How much work is taken.
    package struct Limits: Sendable, Hashable {
        /// How much is done at a time.
        package var runCount = 1
        /// How many requests may wait.
        package var waitingCount = 256
        /// How long a request may have to wait.
        package var wait = WaitLimit.none

        /// Limits with their defaults.
        package init() {}
    }

    /// What becomes of work.
    package enum Admission: Hashable {
        case waits
        case refused(Rejection)
    }

    /// What a thread is to do.
    package enum Taken {
        /// The work of some requests of one group; the caller says when it is done.
        case works([Work])
        /// Nothing now; at some time, what waits to be put together is done even when nothing is added to it.
        case nothing(until: Int?)
    }

    private let limits: Limits
    private var lanes: [WorkLane] = []
    private var turns = Turns()
    private var control: WaitControl
    private var arrivalCount = 0
    /// How long what waits is expected to take, in nanoseconds.
    private var pendingCost = 0
    /// The runs of groups that have a limit of them.
    private var limitedRuns: [ObjectIdentifier: Int] = [:]
    /// Since when there is nothing to do.
    private var restStart: Int?
    /// How many requests wait.
    package private(set) var waitingCount = 0
    /// How many threads work.
    package private(set) var runningCount = 0

    /// A queue without work.
    package init(_ limits: Limits) {
        self.limits = limits
        control = WaitControl(limits.wait)
    }

    /// Whether something could be begun beside what is being done.
    private var hasRoom: Bool { runningCount < limits.runCount }

    /// Whether a thread would find something to do, or something to wait for.
    package var wantsThread: Bool {
        waitingCount > 0 && hasRoom && lanes.contains { !isBlocked($0.group, $0.policy) }
    }

    /// Notes that work is begun by the caller, who says when it is done; `false` when it has to wait for others.
    package mutating func beginAtOnce(_ group: any WorkGroup) -> Bool {
        let policy = group.policy
        guard waitingCount == 0, hasRoom, !isBlocked(group, policy), policy.batching?.maximumDelay ?? 0 == 0 else {
            return false
        }
        begin(group, policy)
        return true
    }

    /// Takes work, or says why not.
    ///
    /// *Parameter* displaced: takes what waits no longer in its place; the caller refuses it.
    package mutating func submit(
        _ work: Work,
        at now: Int,
        displaced: inout [(work: Work, rejection: Rejection)]
    ) -> Admission {
        let policy = work.group.policy
        arrivalCount += 1
        work.group.pace.noteArrival(at: now)
        if let restStart { control.noteRest(of: now - restStart) }
        restStart = nil
        let waiting = WaitingWork(
            work: work,
            rank: turns.rank(of: work.ticket),
            number: arrivalCount,
            arrival: now,
            cost: work.group.pace.nanoseconds
        )
        if let rejection = rejection(of: waiting, policy, at: now) {
            let group: (any WorkGroup)? = if case .groupFull = rejection { work.group } else { nil }
            let last = removeLast(behind: waiting, of: group)
            if isOverload(rejection, last), control.noteRefusal(at: now) { shed(at: now, rejection, &displaced) }
            guard let last else { return .refused(rejection) }
            displaced.append((last.work, rejection))
        }
        insert(waiting, policy)
        return .waits
    }

    /// The next work for a thread.
    package mutating func take(at now: Int) -> Taken {
        guard hasRoom else { return .nothing(until: nil) }
        var next: (lane: Int, count: Int, first: WaitingWork)?
        var end: Int?
        for (index, lane) in lanes.enumerated() {
            guard let first = lane.first, !isBlocked(lane.group, lane.policy) else { continue }
            if let next, !first.isBefore(next.first) { continue }
            switch lane.readiness(at: now) {
            case .ready(let count): next = (index, count, first)
            case .waits(let until): end = min(end ?? until, until)
            }
        }
        guard let next else {
            if waitingCount == 0, runningCount == 0 { restStart = restStart ?? now }
            return .nothing(until: end)
        }
        var works: [Work] = []
        for _ in 0..<next.count {
            guard let waiting = lanes[next.lane].removeFirst() else { break }
            leave(waiting, isTaken: true)
            works.append(waiting.work)
        }
        let lane = lanes[next.lane]
        begin(lane.group, lane.policy)
        if lane.count == 0 { lanes.remove(at: next.lane) }
        return .works(works)
    }

    /// Notes that the work of some requests of a group is done.
    package mutating func finish(_ group: any WorkGroup) {
        runningCount -= 1
        let id = ObjectIdentifier(group)
        guard let count = limitedRuns[id] else { return }
        limitedRuns[id] = count > 1 ? count - 1 : nil
    }

    /// Takes out all that waits.
    package mutating func removeAll() -> [Work] {
        var works: [Work] = []
        for index in lanes.indices {
            while let waiting = lanes[index].removeFirst() {
                leave(waiting, isTaken: false)
                works.append(waiting.work)
            }
        }
        lanes = []
        return works
    }

    private mutating func begin(_ group: any WorkGroup, _ policy: WorkPolicy) {
        runningCount += 1
        if policy.runLimit != nil { limitedRuns[ObjectIdentifier(group), default: 0] += 1 }
    }

    private func isBlocked(_ group: any WorkGroup, _ policy: WorkPolicy) -> Bool {
        policy.runLimit.map { limitedRuns[ObjectIdentifier(group), default: 0] >= $0 } ?? false
    }

    private mutating func insert(_ waiting: WaitingWork, _ policy: WorkPolicy) {
        turns.enter(waiting.work.ticket, rank: waiting.rank)
        waitingCount += 1
        pendingCost &+= waiting.cost
        guard let index = lanes.firstIndex(where: { $0.group === waiting.work.group }) else {
            var lane = WorkLane(waiting.work.group, policy)
            lane.insert(waiting)
            lanes.append(lane)
            return
        }
        lanes[index].insert(waiting)
    }

    private mutating func leave(_ waiting: WaitingWork, isTaken: Bool) {
        waitingCount -= 1
        pendingCost &-= waiting.cost
        turns.leave(waiting.work.ticket, rank: waiting.rank, isTaken: isTaken)
    }
}

extension WorkQueue {
    /// Why work is not to wait beside what waits already.
    private func rejection(of waiting: WaitingWork, _ policy: WorkPolicy, at now: Int) -> Rejection? {
        let free = max(0, limits.runCount - runningCount)
        let ofGroup = lanes.first { $0.group === waiting.work.group }?.count ?? 0
        if let limit = policy.waitingLimit, ofGroup >= limit + free { return .groupFull(count: ofGroup) }
        guard waitingCount >= free else { return nil }
        if waitingCount - free >= limits.waitingCount {
            let own = turns.waitingCount(of: waiting.work.ticket.client)
            return own > 1 && own > waitingCount / 2 ? .ownShare(count: own) : .full(count: waitingCount + runningCount)
        }
        let wait = (pendingCost &+ waiting.cost) / limits.runCount
        let cost = max(waiting.cost, pendingCost / max(1, waitingCount))
        let gap = waiting.work.group.pace.gap
        guard let limit = control.nanoseconds(cost: cost, gap: gap, isAlone: ofGroup == 0, at: now), wait > limit else {
            return nil
        }
        return .late(wait: wait, limit: limit)
    }

    /// Whether a rejection tells that more comes than can be done.
    ///
    /// *Parameter* last: what has made way for the new work; a client that had most of the queue has filled it alone.
    private func isOverload(_ rejection: Rejection, _ last: WaitingWork?) -> Bool {
        switch rejection {
        case .full: last.map { turns.waitingCount(of: $0.work.ticket.client) <= waitingCount / 2 } ?? true
        case .late: true
        case .groupFull, .ownShare, .abandoned, .ended: false
        }
    }

    /// Takes out the last of what waits until the rest is done within the limit that holds in overload.
    private mutating func shed(
        at now: Int,
        _ rejection: Rejection,
        _ displaced: inout [(work: Work, rejection: Rejection)]
    ) {
        while waitingCount > 0 {
            guard let index = lastLane(of: nil) else { return }
            let (cost, gap) = (pendingCost / waitingCount, lanes[index].group.pace.gap)
            guard let limit = control.nanoseconds(cost: cost, gap: gap, isAlone: false, at: now),
                pendingCost / limits.runCount > limit, let last = removeLast(of: index)
            else { return }
            displaced.append((last.work, rejection))
        }
    }

    /// Takes out the last of what waits, when it comes behind work that has no place.
    private mutating func removeLast(behind waiting: WaitingWork, of group: (any WorkGroup)?) -> WaitingWork? {
        guard let index = lastLane(of: group), let last = lanes[index].last, waiting.isBefore(last) else { return nil }
        return removeLast(of: index)
    }

    private mutating func removeLast(of index: Int) -> WaitingWork? {
        guard let last = lanes[index].removeLast() else { return nil }
        if lanes[index].count == 0 { lanes.remove(at: index) }
        leave(last, isTaken: false)
        return last
    }

    /// The lane that has the last work in order, of one group or of all.
    private func lastLane(of group: (any WorkGroup)?) -> Int? {
        var found: (index: Int, last: WaitingWork)?
        for (index, lane) in lanes.enumerated() {
            guard group == nil || lane.group === group, let last = lane.last else { continue }
            if found.map({ $0.last.isBefore(last) }) ?? true { found = (index, last) }
        }
        return found?.index
    }
}
