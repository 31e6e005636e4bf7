import Conformance
import Testing

@Suite struct RandomStatisticsTests {
    private let fair = RandomStatistics(means: [0.25, 0.75], deviations: [0.433, 0.433])

    /// As many draws as a case has, of which each element is one so many times.
    private func draws(_ first: Int, _ second: Int) -> [[Double]] {
        (0..<64).map { [$0 < first ? 1 : 0, $0 < second ? 1 : 0] }
    }

    @Test func `draws that keep to the probabilities pass`() {
        #expect(fair.failure(of: draws(16, 48)) == nil)
        #expect(fair.failure(of: draws(20, 45)) == nil)
    }

    @Test func `draws that keep the sum but not the probability of each element fail`() {
        #expect(fair.failure(of: draws(48, 16))?.hasPrefix("element 0 is 0.75 on average, expected 0.25") == true)
    }

    @Test func `one draw is held to its sum`() {
        let many = RandomStatistics(
            means: [Double](repeating: 0.5, count: 100),
            deviations: [Double](repeating: 0.5, count: 100)
        )
        #expect(many.failure(of: [(0..<100).map { Double($0 % 2) }]) == nil)
        #expect(
            many.failure(of: [[Double](repeating: 1, count: 100)])?.hasPrefix("the elements add up to 100.0") == true
        )
    }

    @Test func `an element that may not stray does not`() {
        let still = RandomStatistics(means: [1], deviations: [0])
        #expect(still.failure(of: [[1], [1]]) == nil)
        #expect(still.failure(of: [[1], [0]]) != nil)
    }

    @Test func `statistics of another count than the elements are no reason to pass`() {
        #expect(fair.failure(of: [[1]])?.hasPrefix("there are 2 means and 2 deviations") == true)
        #expect(RandomStatistics(means: [], deviations: []).failure(of: [[]]) != nil)
    }
}
