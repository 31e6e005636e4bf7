import JSON
import ServingCore

/// Four elements of a datatype in each form that the protocol has for them, extremes among them.
struct DatatypeSample: Sendable {
    let datatype: Datatype
    /// The elements in JSON; `nil` for a datatype that has no form there.
    let json: String?
    /// The elements in bytes: little-endian, strings behind their lengths.
    let bytes: [UInt8]
    /// The number of the field of `InferTensorContents`, and its bytes; `nil` for a datatype that has none.
    let contents: (field: Int, bytes: [[UInt8]])?

    /// The model that gives back what it gets.
    var model: String { identityModelName(datatype) }

    /// An input in JSON: its head, and what stands for its elements.
    func input(_ elements: String) -> String {
        "{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"\(datatype.rawValue)\",\(elements)}"
    }

    /// Whether elements of an answer in JSON are these.
    func matches(_ data: JSONValue) -> Bool {
        guard let json, let wanted = (try? JSONValue.parse(Array(json.utf8)))?.array else { return false }
        let got = flattened(data)
        guard got.count == wanted.count else { return false }
        return zip(got, wanted).allSatisfy { got, wanted in
            guard let left = got.number, let right = wanted.number else { return got == wanted }
            switch datatype {
            case .fp32: return left.float == right.float
            case .fp64: return left.double == right.double
            // Exactly, but for the way in which it is written: some write `1.0`.
            case .uint64: return left.uint64 == right.uint64
            default: return left.int64 == right.int64
            }
        }
    }
}

/// The elements of arrays in arrays, in their order.
func flattened(_ value: JSONValue) -> [JSONValue] {
    guard let array = value.array else { return [value] }
    return array.flatMap { flattened($0) }
}

private func littleEndian<Number: FixedWidthInteger>(_ values: [Number]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}

private func varints(_ values: [UInt64]) -> [UInt8] {
    values.flatMap { value in
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

private func signed<Number: FixedWidthInteger & SignedInteger>(
    _ datatype: Datatype,
    _ values: [Number],
    field: Int
) -> DatatypeSample {
    DatatypeSample(
        datatype: datatype,
        json: "[" + values.map { "\($0)" }.joined(separator: ",") + "]",
        bytes: littleEndian(values),
        contents: (field, [varints(values.map { UInt64(bitPattern: Int64($0)) })])
    )
}

private func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
    _ datatype: Datatype,
    _ values: [Number],
    field: Int
) -> DatatypeSample {
    DatatypeSample(
        datatype: datatype,
        json: "[" + values.map { "\($0)" }.joined(separator: ",") + "]",
        bytes: littleEndian(values),
        contents: (field, [varints(values.map { UInt64($0) })])
    )
}

private let floats: [Float] = [0, -1.5, 0.25, 16_777_216]
private let doubles = [0, -1.5, 0.1, 1e300]
private let strings = ["", "a", "Ω𝄞", "line\n\"quoted\""]

/// One sample for each datatype.
///
/// *Source*: Open Inference Protocol, Tensor Data Types, and `InferTensorContents`; `BF16` is Triton's.
let datatypeSamples: [DatatypeSample] = [
    DatatypeSample(
        datatype: .bool,
        json: "[true,false,true,true]",
        bytes: [1, 0, 1, 1],
        contents: (1, [[1, 0, 1, 1]])
    ),
    unsigned(.uint8, [0, 1, 254, UInt8.max], field: 4),
    unsigned(.uint16, [0, 1, 256, UInt16.max], field: 4),
    unsigned(.uint32, [0, 1, 65536, UInt32.max], field: 4),
    unsigned(.uint64, [0, 1, 1 << 53 + 1, UInt64.max], field: 5),
    signed(.int8, [Int8.min, -1, 1, Int8.max], field: 2),
    signed(.int16, [Int16.min, -1, 256, Int16.max], field: 2),
    signed(.int32, [Int32.min, -1, 65536, Int32.max], field: 2),
    signed(.int64, [Int64.min, -1, 1 << 53 + 1, Int64.max], field: 3),
    DatatypeSample(
        datatype: .fp16,
        json: nil,
        bytes: littleEndian([0x0000, 0x3C00, 0xBE00, 0x7BFF] as [UInt16]),
        contents: nil
    ),
    DatatypeSample(
        datatype: .fp32,
        json: "[0,-1.5,0.25,16777216]",
        bytes: littleEndian(floats.map(\.bitPattern)),
        contents: (6, [littleEndian(floats.map(\.bitPattern))])
    ),
    DatatypeSample(
        datatype: .fp64,
        json: "[0,-1.5,0.1,1e300]",
        bytes: littleEndian(doubles.map(\.bitPattern)),
        contents: (7, [littleEndian(doubles.map(\.bitPattern))])
    ),
    DatatypeSample(
        datatype: .bf16,
        json: nil,
        bytes: littleEndian([0x0000, 0x3F80, 0xBFC0, 0x7F7F] as [UInt16]),
        contents: nil
    ),
    DatatypeSample(
        datatype: .bytes,
        json: "[\"\",\"a\",\"Ω𝄞\",\"line\\n\\\"quoted\\\"\"]",
        bytes: strings.flatMap { littleEndian([UInt32($0.utf8.count)]) + Array($0.utf8) },
        contents: (8, strings.map { Array($0.utf8) })
    ),
]
