import Dispatch
import Glibc
import Synchronization
import Threads

/// The threads that compute: as many as the machine is to spend, with a bounded amount of work that waits for them.
package final class WorkPool: Sendable {
    fileprivate struct State {
        var queue: WorkQueue
        /// The threads that sleep, the one that fell asleep last at the end.
        var sleeping: [Int] = []
        /// How many were woken and have not looked for work yet.
        var wokenCount = 0
        var hasEnded = false
    }

    private let state: Mutex<State>
    /// What each thread sleeps at.
    private let beds: [DispatchSemaphore]

    /// Starts the threads.
    package init(_ limits: WorkQueue.Limits) {
        state = Mutex(State(queue: WorkQueue(limits)))
        beds = (0..<limits.runCount).map { _ in DispatchSemaphore(value: 0) }
        for index in beds.indices {
            if let thread = startThread({ self.work(index) }) { pthread_detach(thread) }
        }
    }

    /// How many requests are computed or wait.
    package var count: Int { state.withLock { $0.queue.waitingCount + $0.queue.runningCount } }

    /// What became of work that was handed in.
    package enum Submission: Sendable, Hashable {
        /// It is done, and took the calling thread so long.
        case done(nanoseconds: Int)
        case waits
        /// It is not done, and its own `refuse` is not called.
        case refused(Rejection)
    }

    /// Has work done when a thread is free.
    ///
    /// *Parameter* isHereWelcome: whether it may be done on the calling thread before this returns.
    package func submit(_ work: Work, isHereWelcome: Bool = false) -> Submission {
        let now = monotonicNanoseconds()
        var displaced: [(work: Work, rejection: Rejection)] = []
        var bed: Int?
        let admission = state.withLock { state -> WorkQueue.Admission in
            guard !state.hasEnded else { return .refused(.ended) }
            let admission = state.queue.submit(work, at: now, isHereWelcome: isHereWelcome, displaced: &displaced)
            if admission == .waits { bed = state.wake() }
            return admission
        }
        if let bed { beds[bed].signal() }
        for (work, rejection) in displaced { work.refuse(rejection) }
        switch admission {
        case .waits: return .waits
        case .refused(let rejection): return .refused(rejection)
        case .here:
            let nanoseconds = perform([work], since: now)
            finish(work.group)
            return .done(nanoseconds: nanoseconds)
        }
    }

    /// Ends the threads when they have done what they have begun; what waits is refused.
    package func shutDown() {
        let (waiting, sleeping) = state.withLock { state -> ([Work], [Int]) in
            state.hasEnded = true
            defer { state.sleeping = [] }
            state.wokenCount += state.sleeping.count
            return (state.queue.removeAll(), state.sleeping)
        }
        for bed in sleeping { beds[bed].signal() }
        for work in waiting { work.refuse(.ended) }
    }

    private func finish(_ group: any WorkGroup) {
        let bed = state.withLock { state -> Int? in
            state.queue.finish(group)
            return state.wake()
        }
        if let bed { beds[bed].signal() }
    }

    fileprivate enum Step {
        case works([Work])
        case sleep(until: Int?)
        case end
    }

    /// What a thread does.
    private func work(_ index: Int) {
        var done: (any WorkGroup)?
        while true {
            let now = monotonicNanoseconds()
            var bed: Int?
            let step = state.withLock { state -> Step in
                if let done { state.queue.finish(done) }
                return state.step(index, at: now, alsoWaking: &bed)
            }
            done = nil
            if let bed { beds[bed].signal() }
            switch step {
            case .end: return
            case .sleep(let end): sleep(index, until: end, now)
            case .works(let works):
                perform(works, since: now)
                done = works.first?.group
            }
        }
    }

    private func sleep(_ index: Int, until end: Int?, _ now: Int) {
        let timeout = end.map { DispatchTimeInterval.nanoseconds(max(0, $0 &- now)) }
        if beds[index].wait(timeout: timeout.map { DispatchTime.now() + $0 } ?? .distantFuture) == .timedOut {
            let isWoken = state.withLock { $0.rise(index) }
            if !isWoken { return }
            // Somebody is about to say so.
            beds[index].wait()
        }
        state.withLock { $0.wokenCount -= 1 }
    }

    /// Does the work of those whose clients are there; how long that took.
    @discardableResult
    private func perform(_ works: [Work], since start: Int) -> Int {
        var wanted = works
        if works.contains(where: \.abandonment.isSet) {
            for work in works where work.abandonment.isSet { work.refuse(.abandoned) }
            wanted.removeAll { $0.abandonment.isSet }
        }
        guard let group = wanted.first?.group else { return 0 }
        wanted.run()
        let nanoseconds = monotonicNanoseconds() - start
        group.pace.note(nanoseconds: nanoseconds, requestCount: wanted.count)
        return nanoseconds
    }
}

extension WorkPool.State {
    /// The thread to wake, when there is work for one more and one sleeps.
    fileprivate mutating func wake() -> Int? {
        guard queue.waitingCount > wokenCount, queue.wantsThread, let bed = sleeping.popLast() else { return nil }
        wokenCount += 1
        return bed
    }

    /// What a thread is to do next.
    fileprivate mutating func step(_ index: Int, at now: Int, alsoWaking bed: inout Int?) -> WorkPool.Step {
        guard !hasEnded else { return .end }
        switch queue.take(at: now) {
        case .works(let works):
            bed = wake()
            return .works(works)
        case .nothing(let end):
            sleeping.append(index)
            return .sleep(until: end)
        }
    }

    /// Notes that a thread has slept for long enough; `true` when somebody has woken it already.
    fileprivate mutating func rise(_ index: Int) -> Bool {
        guard let place = sleeping.firstIndex(of: index) else { return true }
        sleeping.remove(at: place)
        return false
    }
}
