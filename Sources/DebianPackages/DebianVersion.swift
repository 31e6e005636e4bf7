/// A version of a Debian package, in Debian's order.
///
/// *Source*: Debian policy, section 5.6.12.
package struct DebianVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let description: String
    private let epoch: Int
    private let upstream: [UInt8]
    private let revision: [UInt8]

    /// Reads a version.
    package init(_ text: String) {
        description = text
        var rest = Array(text.utf8)[...]
        var epoch = 0
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            epoch = Int(String(decoding: rest[..<colon], as: UTF8.self)) ?? 0
            rest = rest[(colon + 1)...]
        }
        self.epoch = epoch
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            upstream = Array(rest[..<dash])
            revision = Array(rest[(dash + 1)...])
        } else {
            upstream = Array(rest)
            revision = []
        }
    }

    /// Negative, zero or positive as this version is earlier than, the same as, or later than `other`: `1.0` is the
    /// same as `0:1.00-0`.
    package func compared(to other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let order = Self.compare(upstream, other.upstream)
        return order == 0 ? Self.compare(revision, other.revision) : order
    }

    package static func < (left: DebianVersion, right: DebianVersion) -> Bool { left.compared(to: right) < 0 }

    package static func == (left: DebianVersion, right: DebianVersion) -> Bool { left.description == right.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The rank of a byte outside numbers: `~` before the end, the end before letters, letters before the rest.
    private static func rank(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        return isLetter ? Int(byte) : Int(byte) + 256
    }

    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var left = left[...]
        var right = right[...]
        while !left.isEmpty || !right.isEmpty {
            while left.first.map({ !isDigit($0) }) ?? false || right.first.map({ !isDigit($0) }) ?? false {
                let order = rank(left.first) - rank(right.first)
                if order != 0 { return order }
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let leftNumber = left.prefix(while: isDigit).drop { $0 == 0x30 }
            let rightNumber = right.prefix(while: isDigit).drop { $0 == 0x30 }
            if leftNumber.count != rightNumber.count { return leftNumber.count - rightNumber.count }
            for (a, b) in zip(leftNumber, rightNumber) where a != b { return Int(a) - Int(b) }
            left = left.drop(while: isDigit)
            right = right.drop(while: isDigit)
        }
        return 0
    }
}
