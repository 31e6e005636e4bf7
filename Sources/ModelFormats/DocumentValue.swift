/// A value of JSON or UBJSON, with arrays of numbers kept flat.
package indirect enum DocumentValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// An array of numbers only, which may be empty.
    case numbers([Double])
    case array([DocumentValue])
    case object([String: DocumentValue])

    /// The entry of an object; `nil` when there is none, or no object.
    package subscript(key: String) -> DocumentValue? {
        guard case .object(let entries) = self else { return nil }
        return entries[key]
    }

    package var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    /// The elements of an array of anything.
    package var elements: [DocumentValue]? {
        switch self {
        case .array(let elements): elements
        case .numbers(let numbers): numbers.map { .number($0) }
        default: nil
        }
    }

    /// The elements of an array of numbers; booleans count as 0 and 1.
    package var numbers: [Double]? {
        switch self {
        case .numbers(let numbers): return numbers
        case .array(let elements):
            let numbers = elements.compactMap { element -> Double? in
                switch element {
                case .number(let number): number
                case .bool(let bool): bool ? 1 : 0
                default: nil
                }
            }
            return numbers.count == elements.count ? numbers : nil
        default: return nil
        }
    }
}
