/// How long work may have to wait, as far as the time that others took tells.
package enum WaitLimit: Sendable, Hashable {
    /// For as long as it takes.
    case none
    /// For so many nanoseconds.
    case fixed(Int)
    /// For as long as it takes; in overload, for about the time of a run, and hardly at all when much more comes than can be
    /// done, so that what is taken is answered soon, and the rest told at once.
    case adaptive
}

/// Decides how long work may wait now.
///
/// More comes than can be done when the queue is full; that is over when nobody was refused for a second, or nothing was
/// there to do for a tenth of one.
///
/// *Source*: Nichols, Jacobson, Controlling Queue Delay, ACM Queue 2012; Maurer, Fail at Scale, ACM Queue 2015: a short
/// limit while a queue stands, a long one for bursts.
struct WaitControl {
    private static let shortest = 1_000_000
    private static let usual = 5_000_000
    /// A thread that is done finds work soon where so much comes meanwhile; more need not wait for it.
    private static let enoughArrivals = 8
    private static let calm = 1_000_000_000
    private static let rest = 100_000_000

    private let limit: WaitLimit
    private var overloadEnd: Int?

    init(_ limit: WaitLimit) { self.limit = limit }

    /// Whether more comes than can be done.
    func isOverloaded(at now: Int) -> Bool { overloadEnd.map { now < $0 } ?? false }

    /// How long work may wait; `nil` for any time.
    ///
    /// *Parameter* cost: how long the work that waits takes each, in nanoseconds.
    /// *Parameter* gap: how long it takes until more of its group comes; 0 when nobody knows.
    /// *Parameter* isAlone: whether nothing of its group waits; work of a fast group is not kept out by a slow one.
    func nanoseconds(cost: Int, gap: Int, isAlone: Bool, at now: Int) -> Int? {
        switch limit {
        case .none: return nil
        case .fixed(let nanoseconds): return nanoseconds
        case .adaptive:
            guard isOverloaded(at: now) else { return nil }
            let most = max(Self.usual, cost + cost / 2)
            let limit = gap == 0 ? most : min(most, max(Self.shortest, Self.enoughArrivals * gap))
            return isAlone ? 2 * limit : limit
        }
    }

    /// Notes that work comes after nothing was there to do for so many nanoseconds.
    mutating func noteRest(of nanoseconds: Int) {
        if nanoseconds >= Self.rest { overloadEnd = nil }
    }

    /// Notes that work found no place; `true` when that is how an overload begins.
    mutating func noteRefusal(at now: Int) -> Bool {
        guard limit == .adaptive else { return false }
        defer { overloadEnd = now + Self.calm }
        return !isOverloaded(at: now)
    }
}
