import Diagnostics
import YAML

/// What `body` makes of a value that may not be there.
func map<Result>(
    _ node: YAMLNode?,
    _ body: (YAMLNode) throws(YAMLError) -> Result
) throws(YAMLError) -> Result? {
    guard let node else { return nil }
    return try body(node)
}

/// Makes sure that a text is a version, or one of the labels.
func checkTarget(_ text: String, at place: Place, _ labels: [String]) throws(YAMLError) {
    guard !isVersion(text), !labels.contains(text) else { return }
    throw YAMLError(
        .value,
        at: place,
        "`\(text)` is neither a version nor one of `labels`",
        hint: suggestion(for: text, among: labels).map { "did you mean `\($0)`?" }
    )
}

extension YAMLNode {
    private func mismatch(_ expected: String) throws(YAMLError) -> YAMLError {
        YAMLError(.value, at: place, "the value has another form, expected \(expected), got `\(try text())`")
    }

    /// A version: a number without leading zeros.
    func version() throws(YAMLError) -> String {
        let text = try text()
        guard isVersion(text) else { throw try mismatch("a version such as `3`") }
        return text
    }

    /// A version, or one of the labels.
    func target(_ labels: [String]) throws(YAMLError) -> String {
        let text = try text()
        try checkTarget(text, at: place, labels)
        return text
    }

    /// The name of a header field, in lower case.
    ///
    /// *Source*: RFC 9110, section 5.6.2, `token`.
    func headerName() throws(YAMLError) -> String {
        let text = try text()
        let isToken = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard isToken, 1...128 ~= text.utf8.count else { throw try mismatch("the name of a header field") }
        return text.lowercased()
    }

    /// A decimal number.
    func decimal(in range: ClosedRange<Double>) throws(YAMLError) -> Double {
        let text = try text()
        guard text.utf8.count <= 64, let number = Double(text), range.contains(number) else {
            throw try mismatch("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A time with its unit, `5ms`, of at most an hour; in nanoseconds.
    func duration() throws(YAMLError) -> Int {
        let units = [("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)]
        guard let number = quantity(try text(), units, limit: 3_600_000_000_000) else {
            throw try mismatch("a time of at most an hour such as `500us`, `5ms` or `2s`")
        }
        return number
    }

    /// A count of bytes, with a unit or without: `64MiB`.
    func byteCount() throws(YAMLError) -> Int {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("", 1)]
        guard let number = quantity(try text(), units, limit: 1 << 50), number > 0 else {
            throw try mismatch("a count of bytes such as `67108864` or `64MiB`")
        }
        return number
    }

    /// A path below the folder of the manifest.
    func path(in folder: String) throws(YAMLError) -> String {
        let text = try text()
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.utf8.contains(0), parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }) else {
            throw try mismatch("the path of a file below the folder of this one")
        }
        return "\(folder)/\(text)"
    }
}

/// A whole number of the first unit that the text ends with.
private func quantity(_ text: String, _ units: [(name: String, factor: Int)], limit: Int) -> Int? {
    guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
    let digits = text.dropLast(unit.name.count)
    guard let number = Int(digits), "\(number)" == digits, number >= 0 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
    return overflow || product > limit ? nil : product
}
