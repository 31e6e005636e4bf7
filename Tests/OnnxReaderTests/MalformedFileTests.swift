import Diagnostics
import OnnxReader
import Testing

@Suite struct MalformedFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8]
        var text: String
        var kind = DiagnosticKind.invalid

        var testDescription: String { text }
    }

    static let wireCases: [Case] = [
        Case(bytes: [], text: "`ModelProto` has no `ir_version`"),
        Case(bytes: Wire.int(1, 8), text: "`ModelProto` has no `graph`"),
        Case(bytes: [0x08], text: "offset 1: `ModelProto` ends inside a varint"),
        Case(bytes: [0x08, 0x80], text: "offset 1: `ModelProto` ends inside a varint"),
        Case(
            bytes: [0x08] + [UInt8](repeating: 0x80, count: 10) + [0],
            text: "offset 1: a varint has more than 64 bits"
        ),
        Case(
            bytes: [0x08] + [UInt8](repeating: 0xFF, count: 9) + [2],
            text: "offset 1: a varint has more than 64 bits"
        ),
        Case(bytes: [0x00, 0x00], text: "offset 0: `ModelProto` has a field with number 0, expected 1 to 536870911"),
        Case(
            bytes: Wire.varint(1 << 32),
            text: "offset 0: `ModelProto` has a field with number 536870912, expected 1 to 536870911"
        ),
        Case(bytes: [0x0B], text: "offset 0: field 1 of `ModelProto` has wire type 3, expected 0, 1, 2 or 5"),
        Case(bytes: [0x0F], text: "offset 0: field 1 of `ModelProto` has wire type 7, expected 0, 1, 2 or 5"),
        Case(bytes: [0x0A, 0], text: "offset 0: field 1 of `ModelProto` has wire type 2, expected 0"),
        Case(bytes: [0x38, 0], text: "offset 0: field 7 of `ModelProto` has wire type 0, expected 2"),
        Case(bytes: [0x3A, 5, 0], text: "offset 0: field 7 of `ModelProto` has 5 bytes, 1 are left"),
        Case(
            bytes: [0x3A] + Wire.varint(.max),
            text: "offset 0: field 7 of `ModelProto` has 18446744073709551615 bytes, 0 are left"
        ),
        Case(
            bytes: Wire.varint(99 << 3 | 5) + [1, 2],
            text: "offset 2: `ModelProto` ends inside a field, 4 bytes expected, 2 are left"
        ),
        Case(bytes: Wire.bytes(2, [0xC3]), text: "offset 2: a string is not UTF-8"),
        Case(bytes: Wire.bytes(2, [0x61, 0]), text: "offset 2: a string holds a NUL"),
        Case(
            bytes: Wire.bytes(7, []) + Wire.bytes(7, []),
            text: "offset 2: field 7 of `ModelProto` comes twice"
        ),
        Case(
            bytes: Wire.int(1, 15),
            text: "offset 0: `ir_version` 15 is not supported, expected 1 to 14",
            kind: .unsupported
        ),
        Case(bytes: Wire.int(1, 0), text: "offset 0: `ir_version` is 0, expected 1 to 14"),
    ]

    static let tensorCases: [Case] = [
        Case(bytes: [], text: "initializer `w`: offset 6: a tensor has no element type"),
        Case(
            bytes: Wire.int(2, 29),
            text: "initializer `w`: offset 6: element type 29 is not supported, expected 1 to 28",
            kind: .unsupported
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, -1),
            text: "initializer `w`: offset 6: a dimension is -1, expected at least 0"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, 1 << 40) + Wire.int(1, 1 << 40),
            text: "initializer `w`: offset 6: [1099511627776, 1099511627776] has more elements than a tensor can hold"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, 2) + Wire.bytes(9, [1, 2, 3]),
            text: "initializer `w`: offset 6: data of `float` [2] has 3 bytes, expected 8"
        ),
        Case(
            bytes: Wire.int(2, 7) + Wire.int(1, 1 << 61),
            text: "initializer `w`: offset 6: `int64_data` has 0 entries, expected 2305843009213693952 from shape "
                + "[2305843009213693952]"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, 1 << 61),
            text: "initializer `w`: offset 6: elements of type `float` do not lie in bytes"
        ),
        Case(
            bytes: Wire.int(2, 7) + Wire.int(1, 2) + Wire.bytes(7, [1, 2, 3]),
            text: "initializer `w`: offset 6: `int64_data` has 3 entries, expected 2 from shape [2]"
        ),
        Case(
            bytes: Wire.int(2, 2) + Wire.int(1, 1) + Wire.int(5, 256),
            text: "initializer `w`: offset 14: `int32_data` holds 256, which its element type does not"
        ),
        Case(
            bytes: Wire.int(2, 3) + Wire.int(1, 1) + Wire.int(5, -129),
            text: "initializer `w`: offset 14: `int32_data` holds -129, which its element type does not"
        ),
        Case(
            bytes: Wire.int(2, 7) + Wire.int(1, 1) + Wire.bytes(7, [1, 0x80]),
            text: "initializer `w`: offset 16: `TensorProto` ends inside a varint"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, 1) + Wire.int(5, 1),
            text: "initializer `w`: offset 6: a tensor of `float` has `int32_data`, expected `float_data`"
        ),
        Case(
            bytes: Wire.int(2, 8) + Wire.int(1, 1) + Wire.bytes(9, [1]),
            text: "initializer `w`: offset 6: a tensor of `string` has `raw_data`, expected `string_data`"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(1, 1) + Wire.float(4, 1) + Wire.bytes(9, [0, 0, 0, 0]),
            text: "initializer `w`: offset 6: a tensor has both `raw_data` and `float_data`"
        ),
        Case(
            bytes: Wire.int(2, 8) + Wire.int(1, 1) + Wire.bytes(6, [0xFF]),
            text: "initializer `w`: offset 15: a string is not UTF-8"
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.bytes(3, []),
            text: "initializer `w`: offset 6: a tensor in segments is not supported",
            kind: .unsupported
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(14, 2),
            text: "initializer `w`: offset 11: data location 2 is not supported, expected 0 or 1",
            kind: .unsupported
        ),
        Case(
            bytes: Wire.int(2, 1) + Wire.int(14, 1) + Wire.bytes(13, Wire.entry("location", "x")),
            text: "initializer `w`: offset 6: a tensor has external data, and no folder is known to look in"
        ),
    ]

    static let attributeCases: [Case] = [
        Case(
            bytes: [],
            text: "node `n` (Op): attribute `a`: offset 13: an attribute has no type, and values of 0 kinds, expected 1"
        ),
        Case(
            bytes: Wire.int(20, 15),
            text: "node `n` (Op): attribute `a`: offset 18: attribute type 15 is not supported, expected 1 to 14",
            kind: .unsupported
        ),
        Case(
            bytes: Wire.int(20, 2) + Wire.float(2, 1),
            text: "node `n` (Op): attribute `a`: offset 13: an attribute of type `int` has a value of type `float`"
        ),
        Case(
            bytes: Wire.int(20, 4),
            text: "node `n` (Op): attribute `a`: offset 13: an attribute of type `tensor` has no value"
        ),
        Case(
            bytes: Wire.int(20, 1) + Wire.float(2, 1) + Wire.text(21, "r"),
            text: "node `n` (Op): attribute `a`: offset 13: an attribute has both a value and `ref_attr_name`"
        ),
        Case(
            bytes: Wire.int(20, 6) + Wire.bytes(7, [1, 2, 3]),
            text: "node `n` (Op): attribute `a`: offset 21: packed field 7 of `AttributeProto` has 3 bytes, expected "
                + "a multiple of 4"
        ),
        Case(
            bytes: Wire.int(20, 5) + Wire.bytes(6, Wire.bytes(1, Wire.text(4, "In") + Wire.bytes(2, [0xFF]))),
            text: "node `n` (Op): attribute `a`: node `#0` (In): offset 31: a string is not UTF-8"
        ),
    ]

    @Test(arguments: wireCases) func `what is no ModelProto is refused`(_ `case`: Case) throws {
        try expect(`case`, `case`.bytes)
    }

    @Test(arguments: tensorCases) func `what is no TensorProto is refused`(_ `case`: Case) throws {
        try expect(`case`, Wire.model(tensor: `case`.bytes))
    }

    @Test(arguments: attributeCases) func `what is no AttributeProto is refused`(_ `case`: Case) throws {
        try expect(`case`, Wire.model(attribute: `case`.bytes))
    }

    @Test func `an error names the file`() throws {
        let error = try #require(throws: OnnxReaderError.self) { try readModel(path: "/nowhere/model.onnx") }
        #expect("\(error)" == "`/nowhere/model.onnx`: opening: no such file or directory")
        #expect(error.kind == .notFound)
        let folder = try #require(throws: OnnxReaderError.self) { try readModel(path: "/") }
        #expect("\(folder)" == "`/`: reading: not a regular file")
    }

    private func expect(_ expected: Case, _ bytes: [UInt8]) throws {
        let error = try #require(throws: OnnxReaderError.self) { try readModel(try Wire.region(bytes)) }
        #expect("\(error)" == expected.text)
        #expect(error.kind == expected.kind)
    }
}
