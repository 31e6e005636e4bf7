/// A whole number of any size, as versions hold them.
struct DecimalNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The digits, without zeros in front.
    let description: String

    static let zero = DecimalNumber([])

    init(_ digits: ArraySlice<UInt8>) {
        let digits = digits.drop { $0 == 0x30 }
        description = digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
    }

    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        let (leftCount, rightCount) = (left.description.utf8.count, right.description.utf8.count)
        if leftCount != rightCount { return leftCount < rightCount }
        return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
