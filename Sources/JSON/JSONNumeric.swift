/// A number type that a cursor reads without building values in between.
package protocol JSONNumeric: Sendable {
    /// Reads the number that comes next.
    static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Self
    /// Reads the rest of the array that was entered last.
    static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Self], limit: Int) throws(JSONError)
}

// PERF: each conformance has its own copy of the loops, because generic code is not specialised across modules.
extension JSONNumeric where Self: FixedWidthInteger {
    @inline(__always)
    static func readRestInline(
        _ cursor: inout JSONCursor,
        _ numbers: inout [Self],
        _ limit: Int
    ) throws(JSONError) {
        try cursor.readRestInline(into: &numbers, limit: limit) { cursor throws(JSONError) in
            try cursor.readIntegerInline(as: Self.self)
        }
    }
}

extension Int8: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Int8 {
        try cursor.readIntegerInline(as: Int8.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Int8], limit: Int) throws(JSONError) {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension Int16: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Int16 {
        try cursor.readIntegerInline(as: Int16.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Int16], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension Int32: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Int32 {
        try cursor.readIntegerInline(as: Int32.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Int32], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension Int64: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Int64 {
        try cursor.readIntegerInline(as: Int64.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Int64], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension Int: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Int {
        try cursor.readIntegerInline(as: Int.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Int], limit: Int) throws(JSONError) {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension UInt8: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> UInt8 {
        try cursor.readIntegerInline(as: UInt8.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [UInt8], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension UInt16: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> UInt16 {
        try cursor.readIntegerInline(as: UInt16.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [UInt16], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension UInt32: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> UInt32 {
        try cursor.readIntegerInline(as: UInt32.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [UInt32], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension UInt64: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> UInt64 {
        try cursor.readIntegerInline(as: UInt64.self)
    }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [UInt64], limit: Int) throws(JSONError)
    {
        try readRestInline(&cursor, &numbers, limit)
    }
}

extension Float: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Float { try cursor.readFloatInline() }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Float], limit: Int) throws(JSONError)
    {
        try cursor.readRestInline(into: &numbers, limit: limit) { cursor throws(JSONError) in
            try cursor.readFloatInline()
        }
    }
}

extension Double: JSONNumeric {
    package static func read(_ cursor: inout JSONCursor) throws(JSONError) -> Double { try cursor.readDoubleInline() }

    package static func readRest(_ cursor: inout JSONCursor, into numbers: inout [Double], limit: Int) throws(JSONError)
    {
        try cursor.readRestInline(into: &numbers, limit: limit) { cursor throws(JSONError) in
            try cursor.readDoubleInline()
        }
    }
}
