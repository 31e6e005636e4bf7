import JSON
import Testing

@Suite struct JSONCursorTests {
    private func cursor(_ text: String, limits: JSONLimits = .default) throws -> JSONCursor {
        try JSONCursor(Array(text.utf8), limits: limits)
    }

    private func numbers<Number: JSONNumeric>(
        _ text: String,
        as type: Number.Type,
        limit: Int = .max,
        limits: JSONLimits = .default
    ) throws -> [Number] {
        var cursor = try cursor(text, limits: limits)
        let numbers = try cursor.readNumbers(as: type, limit: limit)
        try cursor.finish()
        return numbers
    }

    @Test func `an object is walked key by key, and what is not wanted is skipped`() throws {
        var cursor = try cursor(#"{"x":[{"y":null},"z"],"data":[1,2.5],"t":true,"n":null}"#)
        var data: [Double] = []
        var seen: [String] = []
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            seen.append(key)
            switch key {
            case "data": data = try cursor.readNumbers(as: Double.self)
            case "t": #expect(try cursor.readBool())
            case "n": try cursor.readNull()
            default: try cursor.skip()
            }
        }
        try cursor.finish()
        #expect(data == [1, 2.5])
        #expect(seen == ["x", "data", "t", "n"])
    }

    @Test func `nested arrays are read through the rest of the innermost`() throws {
        var cursor = try cursor("[ [1, 2] ,[ ],[3]]")
        var rows: [[Int32]] = []
        try cursor.enterArray()
        while try cursor.nextElement() {
            var row: [Int32] = []
            try cursor.enterArray()
            if try cursor.nextElement() { try cursor.readNumbers(into: &row) }
            rows.append(row)
        }
        try cursor.finish()
        #expect(rows == [[1, 2], [], [3]])
    }

    @Test func `numbers fill their type to its ends`() throws {
        #expect(try numbers("[-128,127]", as: Int8.self) == [.min, .max])
        #expect(try numbers("[0,255]", as: UInt8.self) == [.min, .max])
        #expect(try numbers("[-32768,32767]", as: Int16.self) == [.min, .max])
        #expect(try numbers("[0,65535]", as: UInt16.self) == [.min, .max])
        #expect(try numbers("[-2147483648,2147483647]", as: Int32.self) == [.min, .max])
        #expect(try numbers("[0,4294967295]", as: UInt32.self) == [.min, .max])
        #expect(try numbers("[-9223372036854775808,9223372036854775807]", as: Int64.self) == [.min, .max])
        #expect(try numbers("[0,18446744073709551615]", as: UInt64.self) == [.min, .max])
        #expect(try numbers("[ 0.1 , 3.4028235e38 ]", as: Float.self) == [0.1, .greatestFiniteMagnitude])
        #expect(try numbers("[]", as: Double.self) == [])
    }

    private static let refused: [(text: String, error: String)] = [
        ("[128]", "line 1:2: the number is out of range, expected an integer from -128 to 127, got `128`"),
        ("[1,\n1.0]", "line 2:1: the number is out of range, expected an integer from -128 to 127, got `1.0`"),
        ("[1e0]", "line 1:2: the number is out of range, expected an integer from -128 to 127, got `1e0`"),
        ("[\"1\"]", "line 1:2: the value is a string, expected a number"),
        ("[[1]]", "line 1:2: the value is an array, expected a number"),
        ("[true]", "line 1:2: the value is a boolean, expected a number"),
        ("[1,]", "line 1:4: wrong character, expected a value, got `]`"),
        ("[1", "line 1:3: the text ends early, expected `,` or `]`"),
        ("[1,2,3,4]", "line 1:8: there are too many elements, expected at most 3"),
        ("{}", "line 1:1: the value is an object, expected an array"),
    ]

    @Test(arguments: refused)
    func `what does not fit is refused with its place`(text: String, error: String) {
        #expect {
            try numbers(text, as: Int8.self, limit: 3)
        } throws: {
            "\($0)" == error
        }
    }

    @Test func `a finite text is never read as infinite`() {
        #expect {
            try numbers("[1e999]", as: Double.self)
        } throws: {
            "\($0)"
                == "line 1:2: the number is out of range, expected a number within the range of a 64-bit float, got `1e999`"
        }
        #expect {
            try numbers("[1e39]", as: Float.self)
        } throws: {
            "\($0)"
                == "line 1:2: the number is out of range, expected a number within the range of a 32-bit float, got `1e39`"
        }
    }

    @Test func `strings stand for what is not finite only where they are accepted`() throws {
        let limits = JSONLimits(acceptsNonFiniteStrings: true)
        let read = try numbers(#"["NaN", "Infinity","-Infinity",1]"#, as: Float.self, limits: limits)
        #expect(read[0].isNaN)
        #expect(Array(read[1...]) == [.infinity, -.infinity, 1])
        #expect {
            try numbers(#"["inf"]"#, as: Float.self, limits: limits)
        } throws: {
            "\($0)" == "line 1:2: the value is the string `inf`, expected a number"
        }
        #expect {
            try numbers(#"["NaN"]"#, as: Float.self)
        } throws: {
            "\($0)" == "line 1:2: the value is a string, expected a number"
        }
    }

    @Test func `null stands for what is missing only where it is accepted`() throws {
        var limits = JSONLimits(acceptsNonFiniteStrings: true)
        limits.readsNullAsNaN = true
        let read = try numbers(#"[null,1, null,"Infinity"]"#, as: Double.self, limits: limits)
        #expect(read[0].isNaN && read[2].isNaN && read[1] == 1 && read[3] == .infinity)
        #expect(throws: JSONError.self) { try numbers("[nul]", as: Float.self, limits: limits) }
        #expect(throws: JSONError.self) { try numbers("[null]", as: Int64.self, limits: limits) }
        #expect {
            try numbers("[null]", as: Float.self)
        } throws: {
            "\($0)" == "line 1:2: the value is null, expected a number"
        }
    }

    @Test func `steps that do not fit where the cursor is are errors`() throws {
        var cursor = try cursor("[1]")
        #expect(throws: JSONError.self) { try cursor.nextKey() }
        try cursor.enterArray()
        #expect(throws: JSONError.self) { try cursor.nextKey() }
    }
}
