import Diagnostics
package import Tensors

/// The type of an array's elements, as NumPy describes it.
///
/// *Source*: NumPy's array interface, `typestr` and `descr`.
package indirect enum NumPyType: Sendable, Hashable {
    /// Numbers and booleans: the letter of the kind (`f`, `i`, `u`, `b`, `c`) and bytes per element.
    case number(kind: Character, byteCount: Int, isBigEndian: Bool)
    /// UTF-32 text of a fixed count of characters, padded with zeros.
    case unicode(characterCount: Int, isBigEndian: Bool)
    /// Bytes of a fixed count, padded with zeros.
    case bytes(Int)
    /// References to Python objects, which only a pickle holds.
    case object
    /// Named parts of each element.
    case record([NumPyField], byteCount: Int)

    /// Bytes per element; 0 for objects.
    package var byteCount: Int {
        switch self {
        case .number(_, let byteCount, _), .bytes(let byteCount), .record(_, let byteCount): byteCount
        case .unicode(let count, _): count * 4
        case .object: 0
        }
    }

    /// The type with NumPy's short name: `<f8`, `|b1`, `>U7`; without a byte order, the machine's is meant.
    ///
    /// *Throws*: `unsupported` for dates and other kinds that models do not hold.
    package init(_ text: String) throws(ModelFormatError) {
        var rest = Substring(text)
        var isBigEndian = false
        if let order = rest.first, "<>|=".contains(order) {
            isBigEndian = order == ">"
            rest = rest.dropFirst()
        }
        guard let kind = rest.popFirst() else {
            throw ModelFormatError(.malformed, "`\(text)` is not a NumPy type, expected a kind such as `f8`")
        }
        let count = Int(rest)
        switch (kind, count) {
        case ("O", _): self = .object
        case ("?", nil): self = .number(kind: "b", byteCount: 1, isBigEndian: false)
        case ("b", 1), ("f", 2), ("f", 4), ("f", 8), ("c", 8), ("c", 16), ("i", 1), ("i", 2), ("i", 4), ("i", 8),
            ("u", 1), ("u", 2), ("u", 4), ("u", 8):
            self = .number(kind: kind, byteCount: count ?? 0, isBigEndian: isBigEndian)
        case ("U", .some(1...(1 << 28))): self = .unicode(characterCount: count ?? 0, isBigEndian: isBigEndian)
        case ("S", .some(1...(1 << 30))), ("a", .some(1...(1 << 30))): self = .bytes(count ?? 0)
        default:
            throw ModelFormatError(
                .unsupported,
                "elements of the NumPy type `\(text)` are not supported, expected numbers, booleans or text"
            )
        }
    }

    /// The same type with its bytes in an order; for numbers and text only.
    func ordered(isBigEndian: Bool) -> NumPyType {
        switch self {
        case .number(let kind, let byteCount, _):
            .number(kind: kind, byteCount: byteCount, isBigEndian: isBigEndian)
        case .unicode(let count, _): .unicode(characterCount: count, isBigEndian: isBigEndian)
        case .bytes, .object, .record: self
        }
    }

    /// The element type of a tensor with such elements; `nil` for objects and records.
    package var elementType: ElementType? {
        switch self {
        case .number(let kind, let byteCount, _):
            switch (kind, byteCount) {
            case ("b", _): .bool
            case ("f", 2): .float16
            case ("f", 4): .float
            case ("f", 8): .double
            case ("c", 8): .complex64
            case ("c", 16): .complex128
            case ("i", 1): .int8
            case ("i", 2): .int16
            case ("i", 4): .int32
            case ("i", 8): .int64
            case ("u", 1): .uint8
            case ("u", 2): .uint16
            case ("u", 4): .uint32
            case ("u", 8): .uint64
            default: nil
            }
        case .unicode, .bytes: .string
        case .object, .record: nil
        }
    }
}

/// A named part of a record.
package struct NumPyField: Sendable, Hashable {
    package var name: String
    package var type: NumPyType
    /// Bytes from the start of the record.
    package var offset: Int

    /// A part of a record.
    package init(name: String, type: NumPyType, offset: Int) {
        self.name = name
        self.type = type
        self.offset = offset
    }
}
