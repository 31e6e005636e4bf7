import LoadGenerator
import Testing

@Suite struct LatencyHistogramTests {
    @Test func `nothing recorded is zero`() {
        let histogram = LatencyHistogram()
        #expect(histogram.value(atPercentile: 99) == 0 && histogram.mean == 0 && histogram.totalCount == 0)
    }

    @Test func `times below 2048 are exact`() {
        var histogram = LatencyHistogram()
        for value in 1...1000 { histogram.record(value) }
        #expect(histogram.value(atPercentile: 0) == 1)
        #expect(histogram.value(atPercentile: 50) == 500)
        #expect(histogram.value(atPercentile: 99) == 990)
        #expect(histogram.value(atPercentile: 99.9) == 999)
        #expect(histogram.value(atPercentile: 100) == 1000)
        #expect(histogram.mean == 500.5)
    }

    @Test func `every time keeps three digits`() {
        var value = 1
        while value < LatencyHistogram.greatestValue {
            var histogram = LatencyHistogram()
            histogram.record(value)
            let read = histogram.value(atPercentile: 50)
            #expect(read >= value && Double(read - value) <= Double(value) / 1000, "\(value) \(read)")
            #expect(histogram.maximum == value)
            value += 1 + value / 7
        }
    }

    @Test func `times out of range count as the ends`() {
        var histogram = LatencyHistogram()
        histogram.record(-5)
        histogram.record(.max)
        #expect(histogram.value(atPercentile: 50) == 0)
        #expect(histogram.maximum == LatencyHistogram.greatestValue)
        #expect(histogram.value(atPercentile: 100) >= LatencyHistogram.greatestValue)
    }

    /// Known quantiles: of 10,000 times 1 ms and one of 100 s, as in HdrHistogram's own tests.
    @Test func `one long time among many is seen where it is`() {
        var histogram = LatencyHistogram()
        for _ in 0..<10_000 { histogram.record(1_000_000) }
        histogram.record(100_000_000_000)
        #expect(abs(histogram.value(atPercentile: 99.99) - 1_000_000) <= 1000)
        #expect(abs(histogram.value(atPercentile: 99.999) - 100_000_000_000) <= 100_000_000)
    }

    /// The quantiles are those of hdrhistogram 0.10.8 (PyPI) for the same times, with 3 digits up to an hour.
    @Test func `quantiles are those of HdrHistogram`() {
        var histogram = LatencyHistogram()
        var state: UInt64 = 1
        for index in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Int(state >> 40) * 97 + 1000
            histogram.record(index % 1000 == 0 ? value * 50 : value)
        }
        let known: [(Double, Int)] = [
            (0, 92_224), (50, 817_364_991), (90, 1_462_763_519), (99, 1_612_709_887), (99.9, 1_627_389_951),
            (99.99, 75_967_234_047), (100, 80_262_201_343),
        ]
        for (percentile, value) in known {
            // That one gives the least time of its part for 0 %.
            let read = histogram.value(atPercentile: percentile)
            #expect(percentile == 0 ? abs(read - value) < 64 : read == value, "\(percentile): \(read)")
        }
        #expect(abs(histogram.mean - 858_509_975.0848) < 1)
        #expect(abs(histogram.standardDeviation - 1_640_011_551.9743502) < 1)
        let rows = histogram.percentileText.split(separator: "\n")
        #expect(rows.first == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(rows.contains("   80262.201 1.000000000000      10000"))
        #expect(rows.suffix(3).first == "#[Mean    =      858.510, StdDeviation   =     1640.012]")
        #expect(rows.last == "#[Buckets =           32, SubBuckets     =         2048]")
    }

    @Test func `the text has the ticks of HdrHistogram`() {
        var histogram = LatencyHistogram()
        for _ in 0..<3 { histogram.record(1_000_000) }
        histogram.record(2_000_000)
        let rows = histogram.percentileText.split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("#") }
        #expect(rows.first == "       1.000 0.000000000000          3           1.00")
        #expect(rows.dropLast(2).last == "       1.000 0.750000000000          3           4.00")
        #expect(rows.dropLast().last == "       2.001 0.775000000000          4           4.44")
        #expect(rows.last == "       2.001 1.000000000000          4")
    }

    @Test(arguments: [
        (1.5, 3, "1.500"), (0, 2, "0.00"), (-1.25, 1, "-1.3"), (999_999, 0, "999999"), (0.9999, 2, "1.00"),
    ])
    func `decimals are rounded`(value: Double, decimals: Int, text: String) {
        #expect(fixed(value, decimals) == text)
    }
}
