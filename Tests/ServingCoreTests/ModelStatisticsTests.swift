import ServingCore
import Testing

@Suite struct ModelStatisticsTests {
    private let statistics = ModelStatistics()

    private func add(microseconds: Int) {
        statistics.addSuccess(ModelStatistics.Times(queue: 0, input: 0, infer: microseconds * 1000, output: 0), rows: 1)
    }

    @Test func `requests are short when the last ones were`() {
        #expect(!statistics.isShort)
        add(microseconds: 30)
        #expect(statistics.isShort)
    }

    @Test func `one long request is remembered for many short ones`() {
        add(microseconds: 30)
        add(microseconds: 5000)
        for _ in 0..<100 { add(microseconds: 30) }
        #expect(!statistics.isShort)
        for _ in 0..<400 { add(microseconds: 30) }
        #expect(statistics.isShort)
    }

    @Test func `requests that fail after long count, and others do not make a model short`() {
        statistics.addFailure(nanoseconds: 10)
        #expect(!statistics.isShort)
        add(microseconds: 30)
        statistics.addFailure(nanoseconds: 5_000_000)
        #expect(!statistics.isShort)
    }
}
