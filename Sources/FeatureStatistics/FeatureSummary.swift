/// How the values of a feature are distributed, as far as a few numbers say.
package struct FeatureSummary: Sendable, Hashable {
    /// The values that are numbers.
    package private(set) var count = 0
    /// The values that are not.
    package private(set) var missing = 0
    package private(set) var mean = 0.0
    /// The sum of the squares of the distances from the mean.
    private var squares = 0.0
    package private(set) var minimum = Double.infinity
    package private(set) var maximum = -Double.infinity

    /// No value was seen.
    package init() {}

    /// A summary that was made before.
    package init(count: Int, missing: Int, mean: Double, variance: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.missing = missing
        self.mean = mean
        squares = variance * Double(max(count - 1, 0))
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The mean square of the distances from the mean, with one less than the count below it; 0 for less than two values.
    package var variance: Double { count > 1 ? squares / Double(count - 1) : 0 }

    /// Takes a value into account.
    ///
    /// *Source*: Welford, Note on a Method for Calculating Corrected Sums of Squares and Products, 1962.
    package mutating func add(_ value: Double) {
        guard value.isFinite else {
            missing &+= 1
            return
        }
        count &+= 1
        let distance = value - mean
        mean += distance / Double(count)
        squares += distance * (value - mean)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    /// Takes the values of another summary into account.
    ///
    /// *Source*: Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
    package mutating func merge(_ other: FeatureSummary) {
        missing &+= other.missing
        guard other.count > 0 else { return }
        let total = Double(count) + Double(other.count)
        let distance = other.mean - mean
        squares += other.squares + distance * distance * Double(count) * Double(other.count) / total
        mean += distance * Double(other.count) / total
        count &+= other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }
}
