import JSON
import Tensors

/// An element of a tensor, as the dialects that know no datatypes write it: as JSON, or as a cell of CSV.
protocol DialectElement: Sendable {
    /// The value that comes next.
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> Self
    /// Reads the rest of the array that was entered last.
    static func readRest(_ cursor: inout JSONCursor, into elements: inout [Self]) throws(JSONError)
    /// The value of a cell; `nil` when it has another form.
    init?(cell: String)
    /// A tensor of elements.
    static func tensor(_ elements: [Self], _ shape: Shape) throws(TensorError) -> Tensor
}

extension DialectElement where Self: TensorElement {
    static func tensor(_ elements: [Self], _ shape: Shape) throws(TensorError) -> Tensor {
        try Tensor(elements, shape: shape)
    }
}

extension DialectElement {
    static func readRest(_ cursor: inout JSONCursor, into elements: inout [Self]) throws(JSONError) {
        repeat { elements.append(try next(&cursor)) } while try cursor.nextElement()
    }
}

extension DialectElement where Self: JSONNumeric {
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> Self { try cursor.read(Self.self) }

    static func readRest(_ cursor: inout JSONCursor, into elements: inout [Self]) throws(JSONError) {
        try cursor.readNumbers(into: &elements)
    }
}

extension DialectElement where Self: JSONNumeric & FixedWidthInteger {
    /// A whole number, also as data frames with gaps and clients that know only `Double` write it, `2.0`.
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> Self {
        var ahead = cursor
        do throws(JSONError) {
            return try cursor.read(Self.self)
        } catch {
            guard let value = try? ahead.readNumber(), let whole = Self(exactly: value.double) else { throw error }
            cursor = ahead
            return whole
        }
    }

    static func readRest(_ cursor: inout JSONCursor, into elements: inout [Self]) throws(JSONError) {
        var ahead = cursor
        let count = elements.count
        do throws(JSONError) {
            try cursor.readNumbers(into: &elements)
        } catch {
            elements.removeLast(elements.count - count)
            repeat { elements.append(try next(&ahead)) } while try ahead.nextElement()
            cursor = ahead
        }
    }

    init?(cell: String) {
        guard let value = Self(cell) ?? Double(cell).flatMap({ Self(exactly: $0) }) else { return nil }
        self = value
    }
}

extension Int8: DialectElement {}
extension Int16: DialectElement {}
extension Int32: DialectElement {}
extension Int64: DialectElement {}
extension UInt8: DialectElement {}
extension UInt16: DialectElement {}
extension UInt32: DialectElement {}
extension UInt64: DialectElement {}

extension Float: DialectElement {
    init?(cell: String) {
        guard let value = cell.isEmpty ? .nan : Float(cell) else { return nil }
        self = value
    }
}

extension Double: DialectElement {
    init?(cell: String) {
        guard let value = cell.isEmpty ? .nan : Double(cell) else { return nil }
        self = value
    }
}

extension Float16: DialectElement {
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> Float16 { Float16(try cursor.read(Float.self)) }

    init?(cell: String) {
        guard let value = Float(cell: cell) else { return nil }
        self.init(value)
    }
}

extension BFloat16: DialectElement {
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> BFloat16 { BFloat16(try cursor.read(Float.self)) }

    init?(cell: String) {
        guard let value = Float(cell: cell) else { return nil }
        self.init(value)
    }
}

extension Bool: DialectElement {
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> Bool { try cursor.readBool() }

    init?(cell: String) {
        switch cell {
        case "true", "True", "TRUE", "1": self = true
        case "false", "False", "FALSE", "0": self = false
        default: return nil
        }
    }
}

extension String: DialectElement {
    /// A string, or `{"b64": …}` with its bytes in base64.
    static func next(_ cursor: inout JSONCursor) throws(JSONError) -> String {
        guard try cursor.peek() == .object else { return try cursor.readString() }
        return try readBase64(&cursor)
    }

    init?(cell: String) { self = cell }

    static func tensor(_ elements: [String], _ shape: Shape) throws(TensorError) -> Tensor {
        try Tensor(strings: elements, shape: shape)
    }
}
