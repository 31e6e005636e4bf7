/// Where in a trace a request stands, as its client says.
///
/// *Source*: W3C Trace Context, sections 3.2 and 3.3.
package struct TraceContext: Sendable, Hashable {
    /// The trace, 16 bytes that are not all 0.
    package struct TraceID: Sendable, Hashable {
        let high: UInt64
        let low: UInt64

        /// 32 digits of base 16.
        package var text: String { hexadecimal(high) + hexadecimal(low) }

        static func random() -> TraceID {
            TraceID(high: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 1...UInt64.max))
        }
    }

    /// The trace.
    package let traceID: TraceID
    /// The client's span, which is not 0.
    package let parentID: UInt64
    /// Whether the client's span is recorded.
    package let isSampled: Bool
    /// What vendors say of the trace: the members of `tracestate`; empty when there are none, or when they are broken.
    package let state: String

    /// The header field of the trace, in lower case.
    package static let parentHeader = "traceparent"
    /// The header field of what vendors say, in lower case.
    package static let stateHeader = "tracestate"

    /// `nil` for values that break the grammar of `traceparent`.
    ///
    /// *Parameter* states: the values of `tracestate`, which is dropped when it breaks its own.
    package init?(parent: String, states: [String] = []) {
        let bytes = Array(parent.utf8)
        guard bytes.count >= 55, bytes.count <= 512, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = number(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version != 0 && bytes[55] == dash),
            let high = number(bytes[3..<19]), let low = number(bytes[19..<35]), high | low != 0,
            let parentID = number(bytes[36..<52]), parentID != 0,
            let flags = number(bytes[53..<55])
        else { return nil }
        traceID = TraceID(high: high, low: low)
        self.parentID = parentID
        isSampled = flags & 1 != 0
        state = Self.state(states) ?? ""
    }

    /// The members of all values in one; `nil` when one breaks the grammar, or there are too many.
    private static func state(_ values: [String]) -> String? {
        guard values.reduce(0, { $0 + $1.utf8.count }) <= 8192 else { return nil }
        var members: [String] = []
        var keys: Set<String> = []
        for value in values {
            for member in value.split(separator: ",") {
                let member = trimmed(member)
                guard !member.isEmpty else { continue }
                guard let key = key(of: member), keys.insert(key).inserted, members.count < 32 else { return nil }
                members.append(String(member))
            }
        }
        return members.joined(separator: ",")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// The key of a member of a well-formed list; `nil` for another.
    private static func key(of member: Substring) -> String? {
        guard let equals = member.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let key = member[..<equals]
        let value = member[member.utf8.index(after: equals)...]
        let valueIsFine = value.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
        guard valueIsFine, 1...256 ~= value.utf8.count else { return nil }
        let parts = key.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard let first = parts.first?.first, let last = parts.last, let lastFirst = last.first,
            parts.allSatisfy({ $0.allSatisfy(isKeyByte) })
        else { return nil }
        let isFine =
            parts.count == 1
            ? last.count <= 256 && isLowercase(first)
            : parts[0].count <= 241 && (isLowercase(first) || isDigit(first)) && last.count <= 14
                && isLowercase(lastFirst)
        return isFine ? String(key) : nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isLowercase(byte) || isDigit(byte) || "_-*/".utf8.contains(byte)
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

private let dash = UInt8(ascii: "-")

/// The number of at most 16 digits of base 16 in lower case.
private func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for digit in digits {
        switch digit {
        case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
        case 0x61...0x66: number = number << 4 | UInt64(digit - 0x61 + 10)
        default: return nil
        }
    }
    return number
}
