/// Counts of times by their length, each kept with three significant digits, in memory that does not grow.
///
/// Buckets are logarithmic, each with as many linear parts as three digits need.
///
/// *Source*: HdrHistogram (Gil Tene), with 3 significant digits, from 1 ns to `greatestValue`.
package struct LatencyHistogram: Sendable {
    /// Longer times count as this one, in nanoseconds: an hour.
    package static let greatestValue = 3_600_000_000_000

    /// Three digits tell 2000 parts apart, for which 2^11 are taken.
    static let partCount = 1 << (halfBits + 1)
    private static let halfBits = 10
    /// Buckets that reach `greatestValue`.
    static let bucketCount = 64 - greatestValue.leadingZeroBitCount - halfBits

    private var counts = [Int](repeating: 0, count: (bucketCount + 1) << halfBits)
    /// How many times were recorded.
    package private(set) var totalCount = 0
    /// The longest time as it was recorded, in nanoseconds.
    package private(set) var maximum = 0

    /// A histogram of nothing.
    package init() {}

    /// Counts a time of some nanoseconds; one below zero counts as zero.
    package mutating func record(_ value: Int) {
        let value = min(max(value, 0), Self.greatestValue)
        counts[Self.index(of: value)] += 1
        totalCount += 1
        maximum = max(maximum, value)
    }

    /// The time that so many of a hundred do not exceed; 0 where nothing was recorded.
    package func value(atPercentile percentile: Double) -> Int {
        // NUMERICS: a hair less, so that 99.9 % of 1000 are 999, and not one more for the rounding of 99.9.
        let part = min(max(percentile, 0), 100).nextDown / 100
        let wanted = max(1, Int((part * Double(totalCount)).rounded(.up)))
        var count = 0
        for (index, part) in counts.enumerated() {
            count += part
            if count >= wanted { return Self.values(at: index).upperBound }
        }
        return 0
    }

    /// The mean of the middles of the parts that times fell into, in nanoseconds.
    package var mean: Double {
        var sum = 0.0
        forEachPart { values, count in sum += Self.middle(values) * Double(count) }
        return totalCount > 0 ? sum / Double(totalCount) : 0
    }

    /// The standard deviation about the mean, in nanoseconds.
    package var standardDeviation: Double {
        let mean = mean
        var sum = 0.0
        forEachPart { values, count in
            let distance = Self.middle(values) - mean
            sum += distance * distance * Double(count)
        }
        return totalCount > 0 ? (sum / Double(totalCount)).squareRoot() : 0
    }

    /// The parts that hold times, shortest first.
    func forEachPart(_ body: (_ values: ClosedRange<Int>, _ count: Int) -> Void) {
        for (index, count) in counts.enumerated() where count > 0 { body(Self.values(at: index), count) }
    }

    private static func middle(_ values: ClosedRange<Int>) -> Double {
        Double(values.lowerBound + (values.upperBound - values.lowerBound + 1) / 2)
    }

    private static func index(of value: Int) -> Int {
        let bucket = 64 - (value | (partCount - 1)).leadingZeroBitCount - halfBits - 1
        return (bucket + 1) << halfBits + (value >> bucket) - partCount / 2
    }

    /// The times that are counted as one.
    private static func values(at index: Int) -> ClosedRange<Int> {
        let half = partCount / 2
        let bucket = max(index >> halfBits - 1, 0)
        let part = index < partCount ? index : index & (half - 1) + half
        return part << bucket...((part + 1) << bucket - 1)
    }
}
