/// A JSON number, as exact as its text.
package struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as it is written.
    package let text: String

    init(text: String) { self.text = text }

    /// An integer.
    package init(_ value: some FixedWidthInteger) { text = "\(value)" }

    /// The shortest text that reads back as the same value; `nil` for NaN and the infinities, which JSON has not.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// The shortest text that reads back as the same `Float`; `nil` for NaN and the infinities.
    package init?(_ value: Float) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// The value, when the text is an integer without fraction and exponent and in range.
    package var int: Int? { integer(as: Int.self) }

    /// The value, when the text is an integer without fraction and exponent and in range.
    package var int64: Int64? { integer(as: Int64.self) }

    /// The value, when the text is an integer without fraction and exponent and in range.
    package var uint64: UInt64? { integer(as: UInt64.self) }

    /// The nearest value; infinite above the largest one.
    package var double: Double { literal.double(bytes) }

    /// The nearest value, rounded once; infinite above the largest one.
    package var float: Float { literal.float(bytes) }

    package var description: String { text }

    private var bytes: [UInt8] { Array(text.utf8) }

    private var literal: NumberLiteral { NumberLiteral(scanned: bytes) }

    private func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        literal.integer(as: type)
    }
}

/// The name of a value that is no finite number, as JavaScript, Python and protobuf's JSON spell it.
func nonFiniteText(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
}
