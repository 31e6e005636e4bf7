import Glibc

/// How requests arrive that do not wait for one another.
package enum Arrivals: String, Sendable, CaseIterable {
    /// Each as long after the one before it as chance has it, as of many clients that know nothing of one another.
    case poisson
    /// One each time the same time has passed.
    case fixed
}

/// The times at which requests arrive, one after the other; the same ones for the same seed.
struct ArrivalSequence {
    /// Nanoseconds from the start to the arrival that comes next.
    private(set) var next: Double = 0
    private let interval: Double
    private let arrivals: Arrivals
    private var state: UInt64

    /// *Parameter* rate: requests a second.
    init(_ arrivals: Arrivals, rate: Double, seed: UInt64) {
        self.arrivals = arrivals
        interval = 1e9 / rate
        state = seed
        if arrivals == .poisson { advance() }
    }

    mutating func advance() {
        switch arrivals {
        case .fixed: next += interval
        case .poisson: next -= log(1 - fraction()) * interval
        }
    }

    /// A number from 0 to below 1, of SplitMix64.
    private mutating func fraction() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
    }
}
