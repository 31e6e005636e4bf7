import Scheduling
import Synchronization

/// A group that notes what it is given, and how much at once.
final class TestGroup: WorkGroup {
    let policy: WorkPolicy
    let pace = WorkPace()
    private let noted = Mutex([[String]]())
    private let body: @Sendable ([String]) -> Void

    init(_ policy: WorkPolicy = WorkPolicy(), body: @escaping @Sendable ([String]) -> Void = { _ in }) {
        self.policy = policy
        self.body = body
    }

    /// The members of each run.
    var runs: [[String]] { noted.withLock(\.self) }

    func run(_ members: [String]) {
        noted.withLock { $0.append(members) }
        body(members)
    }

    /// Makes every request cost so much, as far as the queue knows.
    func expect(nanoseconds: Int) { pace.note(nanoseconds: nanoseconds, requestCount: 1) }
}

/// A connection.
final class TestClient: Sendable {}

/// A queue whose clock stands until it is moved.
struct TestQueue {
    var queue: WorkQueue
    var now = 1_000_000_000
    private let notes = Refusals()
    // Kept, so that no two have one identity.
    private var clients: [TestClient] = []
    /// Why work was refused that waited.
    var refused: [String: Rejection] { notes.all }

    init(_ change: (inout WorkQueue.Limits) -> Void = { _ in }) {
        var limits = WorkQueue.Limits()
        limits.wait = .none
        change(&limits)
        queue = WorkQueue(limits)
    }

    @discardableResult
    mutating func submit(
        _ name: String,
        _ group: TestGroup,
        _ client: TestClient = TestClient(),
        level: Int = 0
    ) -> WorkQueue.Admission {
        clients.append(client)
        let ticket = WorkTicket(client: client, level: level, unless: Abandonment()) { [notes] in
            notes.note(name, $0)
        }
        var displaced: [(work: Work, rejection: Rejection)] = []
        let admission = queue.submit(Work(of: group, ticket, together: name), at: now, displaced: &displaced)
        for (work, rejection) in displaced { work.refuse(rejection) }
        return admission
    }

    mutating func beginAtOnce(_ group: TestGroup) -> Bool { queue.beginAtOnce(group) }

    /// Takes the next work, and does it; `nil` when there is none.
    ///
    /// *Parameter* isDone: whether it is over by the next time.
    mutating func take(isDone: Bool = true) -> [String]? {
        guard case .works(let works) = queue.take(at: now), let group = works.first?.group as? TestGroup else {
            return nil
        }
        works.run()
        if isDone { queue.finish(group) }
        return group.runs.last
    }

    /// Takes all that waits, one after the other.
    @discardableResult
    mutating func takeAll() -> [[String]] {
        var runs: [[String]] = []
        while let run = take() { runs.append(run) }
        return runs
    }
}

private final class Refusals: Sendable {
    private let noted = Mutex([String: Rejection]())
    var all: [String: Rejection] { noted.withLock(\.self) }
    func note(_ name: String, _ rejection: Rejection) { noted.withLock { $0[name] = rejection } }
}
