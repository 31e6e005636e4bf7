import Dispatch
import Glibc
import ServingObservation
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

    /// So that three quarters of a processor are an event loop's, when both want all of it.
    private static let niceness: CInt = 5

    private let state: Mutex<State>
    /// What each thread sleeps at.
    private let beds: [DispatchSemaphore]

    /// Starts the threads; where the system has none to give, all work is refused.
    package init(_ limits: WorkQueue.Limits) {
        state = Mutex(State(queue: WorkQueue(limits)))
        beds = (0..<limits.runCount).map { _ in DispatchSemaphore(value: 0) }
        var startedCount = 0
        for index in beds.indices {
            guard let thread = startThread({ self.work(index) }) else { break }
            pthread_detach(thread)
            startedCount += 1
        }
        if startedCount == 0 { state.withLock { $0.hasEnded = true } }
    }

    /// How many requests are computed or wait.
    package var count: Int { state.withLock { $0.queue.waitingCount + $0.queue.runningCount } }

    /// How many requests wait for a thread.
    package var waitingCount: Int { state.withLock(\.queue.waitingCount) }

    /// Does work on the calling thread in place of an idle one; `nil` when none is, or the group has its limit of runs.
    package func performAtOnce<Result>(for group: any WorkGroup, _ body: () -> Result) -> Result? {
        guard state.withLock({ !$0.hasEnded && $0.queue.beginAtOnce(group) }) else { return nil }
        defer { finish(group) }
        return body()
    }

    /// Has work done when a thread is free, or refused.
    package func submit(_ work: Work) {
        let now = monotonicNanoseconds()
        var displaced: [(work: Work, rejection: Rejection)] = []
        var bed: Int?
        let admission = state.withLock { state -> WorkQueue.Admission in
            guard !state.hasEnded else { return .refused(.ended) }
            let admission = state.queue.submit(work, at: now, displaced: &displaced)
            if admission == .waits { bed = state.wake() }
            return admission
        }
        if let bed { beds[bed].signal() }
        for (work, rejection) in displaced { work.refuse(rejection) }
        if case .refused(let rejection) = admission { work.refuse(rejection) }
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
        // The event loops go first: whoever is refused, and whoever asks for health, is told so while others are computed.
        // On Linux the value is of the thread alone, whatever POSIX says.
        nice(Self.niceness)
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

    /// Does the work of those whose clients are there.
    private func perform(_ works: [Work], since start: Int) {
        var wanted = works
        if works.contains(where: \.ticket.abandonment.isSet) {
            let (left, others) = works.parted { $0.ticket.abandonment.isSet }
            for work in left { work.refuse(.abandoned) }
            wanted = others
        }
        guard let group = wanted.first?.group else { return }
        wanted.run()
        group.pace.note(nanoseconds: monotonicNanoseconds() - start, requestCount: wanted.count)
    }
}

extension [Work] {
    /// The work that a condition holds for, asked once for each, and the rest.
    fileprivate func parted(by condition: (Work) -> Bool) -> ([Work], [Work]) {
        reduce(into: ([Work](), [Work]())) { parts, work in
            if condition(work) { parts.0.append(work) } else { parts.1.append(work) }
        }
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
