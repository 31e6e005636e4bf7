/// What the elements of random outputs are on average, and how far they stray.
package struct RandomStatistics: Sendable {
    private let means: [Double]
    private let deviations: [Double]
    /// How many deviations a mean may lie from the expected one.
    private static let tolerance = 5.0
    /// How many draws a mean of few may lie further: rare events come in lumps, not by the bell curve.
    private static let lumpCount = 3.0

    /// The statistics of a tensor's elements.
    package init(means: [Double], deviations: [Double]) {
        self.means = means
        self.deviations = deviations
    }

    /// What is wrong with several draws of the elements, `nil` when nothing is: the mean of each element over the draws,
    /// where there are many, and the sum of all.
    package func failure(of draws: [[Double]]) -> String? {
        guard !means.isEmpty, means.count == deviations.count, draws.allSatisfy({ $0.count == means.count }) else {
            return "there are \(means.count) means and \(deviations.count) deviations, expected one for each element"
        }
        let count = Double(draws.count)
        for index in means.indices where draws.count > 1 {
            let mean = draws.reduce(0) { $0 + $1[index] } / count
            let greatest = draws.reduce(0) { max($0, ($1[index] - means[index]).magnitude) }
            let margin = Self.tolerance * deviations[index] / count.squareRoot() + Self.lumpCount * greatest / count
            guard deviations[index] > 0 ? (mean - means[index]).magnitude <= margin : greatest <= 1e-6 else {
                return "element \(index) is \(mean) on average, expected \(means[index]) ± \(deviations[index])"
            }
        }
        let sum = draws.joined().reduce(0, +)
        let expected = count * means.reduce(0, +)
        let deviation = (count * deviations.reduce(0) { $0 + $1 * $1 }).squareRoot()
        guard (sum - expected).magnitude <= Self.tolerance * deviation else {
            return "the elements add up to \(sum), expected \(expected) ± \(deviation)"
        }
        return nil
    }
}
