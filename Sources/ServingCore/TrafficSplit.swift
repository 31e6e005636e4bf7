import Glibc
import Synchronization

/// Shares the requests for a model out among its versions, in exact proportion to their weights.
struct TrafficSplit: Sendable {
    /// A version that takes requests.
    struct Share: Sendable, Hashable {
        /// The place of the version among those that are served.
        let index: Int
        /// What the manifest calls the version; a client that sticks to it sticks to this.
        let target: String
        let weight: Int
    }

    /// How many requests were shared out so far.
    private final class TurnCounter: Sendable {
        let next = Atomic(0)
    }

    private let shares: [Share]
    /// Whose turn it is: places among the shares, as often in all as the weights add up to.
    private let turns: [UInt8]
    private let counter: TurnCounter

    /// The split of shares whose weights add up to 1 to `ModelManifest.weightLimit`; there are at most 256 of them.
    ///
    /// *Parameter* previous: what was in force before; turns go on where they were when the weights are the same.
    init(_ shares: [Share], after previous: TrafficSplit?) {
        self.shares = shares.filter { $0.weight > 0 }
        turns = Self.turns(self.shares.map(\.weight))
        let isSame = previous?.shares.map(\.target) == self.shares.map(\.target) && previous?.turns == turns
        counter = isSame ? previous?.counter ?? TurnCounter() : TurnCounter()
    }

    /// Smooth weighted round robin: every version has its exact share of each round, spread evenly over it.
    private static func turns(_ weights: [Int]) -> [UInt8] {
        let divisor = weights.reduce(0, greatestCommonDivisor)
        let weights = weights.map { $0 / max(divisor, 1) }
        let sum = weights.reduce(0, +)
        var credit = [Int](repeating: 0, count: weights.count)
        return (0..<sum).compactMap { _ in
            for index in weights.indices { credit[index] += weights[index] }
            guard let chosen = credit.indices.max(by: { credit[$0] < credit[$1] }) else { return nil }
            credit[chosen] -= sum
            return UInt8(truncatingIfNeeded: chosen)
        }
    }

    /// The place of the version whose turn it is.
    func next() -> Int {
        let turn = counter.next.add(1, ordering: .relaxed).oldValue
        return shares[Int(turns[Int(UInt(bitPattern: turn) % UInt(turns.count))])].index
    }

    /// The place of the version that a key stays with: a change of the weights moves as few keys as it can.
    ///
    /// *Source*: weighted rendezvous hashing; Wang, Ravishankar and others, "Weighted distributed hash tables".
    func index(stickingTo key: String) -> Int {
        let scores = shares.map { share in
            Double(share.weight) / -log(unitHash(key, share.target))
        }
        let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        return shares[best].index
    }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
}

/// A number above 0 and below 1 that two texts always have; of FNV-1a and the mixer of MurmurHash3.
private func unitHash(_ key: String, _ target: String) -> Double {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in Array(key.utf8) + [0xFF] + Array(target.utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    hash ^= hash >> 33
    return (Double(hash >> 11) + 0.5) / Double(1 << 53)
}
