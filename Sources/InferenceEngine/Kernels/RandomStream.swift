import Glibc
import OnnxIR

/// A stream of random bits: xoshiro256++, with a state that SplitMix64 makes of a seed.
///
/// *Source*: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021.
struct RandomStream: RandomNumberGenerator {
    private var state: SIMD4<UInt64> = .zero

    init(seed: UInt64) {
        var counter = seed
        for index in state.indices {
            counter &+= 0x9E37_79B9_7F4A_7C15
            var bits = counter
            bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
            state[index] = bits ^ bits >> 31
        }
    }

    mutating func next() -> UInt64 {
        let sum = state[0] &+ state[3]
        let result = (sum << 23 | sum >> 41) &+ state[0]
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = state[3] << 45 | state[3] >> 19
        return result
    }

    /// A number from 0 up to, and without, 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Two independent numbers of mean 0 and deviation 1, by the transform of Box and Muller.
    mutating func normalPair() -> (Double, Double) {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        return (radius * cos(angle), radius * sin(angle))
    }
}

/// Where the random numbers of a node come from: the seed in its attributes, or a new one in each run.
struct RandomSeed: Sendable {
    private let seed: UInt64?

    /// Whether every run draws the same numbers.
    var isGiven: Bool { seed != nil }

    /// The seed of an attribute `seed` that is a float.
    init(float node: NodeContext) throws(EngineError) {
        seed = try node.float("seed").map { UInt64($0.bitPattern) }
    }

    /// The seed of an attribute `seed` that is an int.
    init(int node: NodeContext) throws(EngineError) {
        seed = try node.int("seed").map { UInt64(bitPattern: Int64($0)) }
    }

    func stream() -> RandomStream { RandomStream(seed: seed ?? .random(in: .min ... .max)) }
}
