extension LatencyHistogram {
    /// The distribution in the text form that HdrHistogram's plotters read (`.hgrm`), in milliseconds.
    ///
    /// *Source*: HdrHistogram, `outputPercentileDistribution` with 5 ticks for each half of the distance to 100 %.
    package var percentileText: String {
        var lines = ["       Value     Percentile TotalCount 1/(1-Percentile)", ""]
        var (level, count) = (0.0, 0)
        forEachPart { values, partCount in
            count += partCount
            let reached = 100 * Double(count) / Double(totalCount)
            while reached >= level {
                lines.append(Self.row(values.upperBound, level / 100, count))
                let halvings = Self.halvings(100 / (100 - level)) + 1
                level += 100 / Double(5 << halvings)
                // Behind the last part stands the row of all.
                if count == totalCount { break }
            }
        }
        if totalCount > 0 { lines.append(Self.row(value(atPercentile: 100), 1, totalCount)) }
        let footer = [
            ("Mean    =", fixed(mean / 1e6, 3), "StdDeviation   =", fixed(standardDeviation / 1e6, 3)),
            ("Max     =", fixed(Double(value(atPercentile: 100)) / 1e6, 3), "Total count    =", "\(totalCount)"),
            ("Buckets =", "\(Self.bucketCount)", "SubBuckets     =", "\(Self.partCount)"),
        ]
        lines += footer.map { "#[\($0.0) \(rightAligned($0.1, 12)), \($0.2) \(rightAligned($0.3, 12))]" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ value: Int, _ level: Double, _ count: Int) -> String {
        let row =
            rightAligned(fixed(Double(value) / 1e6, 3), 12) + " " + rightAligned(fixed(level, 12), 14) + " "
            + rightAligned("\(count)", 10)
        return level < 1 ? row + " " + rightAligned(fixed(1 / (1 - level), 2), 14) : row
    }

    /// How often 1 is doubled until it is above the half of a number.
    private static func halvings(_ number: Double) -> Int { Int(number.exponent) }
}

/// A number with so many decimals, rounded to the nearest.
package func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e6 || decimals < 4 else { return "\(value)" }
    let factor = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let scaled = (value * Double(factor)).rounded()
    guard abs(scaled) < 9e18 else { return "\(value)" }
    let digits = Int(scaled).magnitude
    let whole = "\(scaled < 0 ? "-" : "")\(digits / UInt(factor))"
    guard decimals > 0 else { return whole }
    let rest = "\(digits % UInt(factor))"
    return whole + "." + String(repeating: "0", count: decimals - rest.count) + rest
}

/// The text with blanks before it, to a width.
package func rightAligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
