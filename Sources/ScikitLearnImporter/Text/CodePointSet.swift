/// A set of code points as ranges that ascend and do not touch.
struct CodePointSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let last: UInt32 = 0x10ffff

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, UInt64(range.lowerBound) <= UInt64(last.upperBound) + 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    /// The scalars with a property.
    init(where holds: (Unicode.Scalar) -> Bool) {
        var ranges: [ClosedRange<UInt32>] = []
        for value in 0...Self.last {
            guard let scalar = Unicode.Scalar(value), holds(scalar) else { continue }
            if let last = ranges.last, last.upperBound + 1 == value {
                ranges[ranges.count - 1] = last.lowerBound...value
            } else {
                ranges.append(value...value)
            }
        }
        self.ranges = ranges
    }

    var inverted: CodePointSet {
        var gaps: [ClosedRange<UInt32>] = []
        var start: UInt32 = 0
        for range in ranges {
            if range.lowerBound > start { gaps.append(start...(range.lowerBound - 1)) }
            start = range.upperBound + 1
        }
        if start <= Self.last { gaps.append(start...Self.last) }
        return CodePointSet(gaps)
    }

    func union(_ other: CodePointSet) -> CodePointSet { CodePointSet(ranges + other.ranges) }

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } }

    func isDisjoint(with other: CodePointSet) -> Bool {
        var (left, right) = (ranges[...], other.ranges[...])
        while let first = left.first, let second = right.first {
            if first.overlaps(second) { return false }
            if first.upperBound < second.upperBound { left.removeFirst() } else { right.removeFirst() }
        }
        return true
    }

    func isSubset(of other: CodePointSet) -> Bool { isDisjoint(with: other.inverted) }
}

extension CodePointSet {
    /// What `\w` matches in Python: what `str.isalnum` holds of, and the underscore.
    ///
    /// *Source*: Python's documentation of `re`; over all code points, that is the categories L and N and `_`.
    static let word = CodePointSet {
        switch $0.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: $0 == "_"
        }
    }

    /// What `\d` matches in Python.
    static let digit = CodePointSet { $0.properties.generalCategory == .decimalNumber }

    /// What `\s` matches in Python, and what `str.split` splits at.
    static let space = CodePointSet([
        0x9...0xd, 0x1c...0x20, 0x85...0x85, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a, 0x2028...0x2029,
        0x202f...0x202f, 0x205f...0x205f, 0x3000...0x3000,
    ])
}
