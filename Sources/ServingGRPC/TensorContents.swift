import Diagnostics
import OnnxReader
import ServingCore
import Tensors

/// The elements of a tensor as numbers of their type.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `InferTensorContents`.
struct TensorContents {
    private var bools: [Bool] = []
    private var ints: [Int32] = []
    private var int64s: [Int64] = []
    private var uints: [UInt32] = []
    private var uint64s: [UInt64] = []
    private var floats: [Float] = []
    private var doubles: [Double] = []
    private var strings: [String] = []

    /// Whether there are no elements, as some send beside `raw_input_contents`.
    var isEmpty: Bool {
        bools.isEmpty && ints.isEmpty && int64s.isEmpty && uints.isEmpty && uint64s.isEmpty && floats.isEmpty
            && doubles.isEmpty && strings.isEmpty
    }

    mutating func read(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) {
        try reader.message(field, "InferTensorContents") { reader, field throws(ServingError) in
            switch field.number {
            case 1: try reader.append(field, to: &bools) { $0 != 0 }
            case 2: try reader.append(field, to: &ints) { Int32(exactly: Int64(bitPattern: $0)) }
            case 3: try reader.append(field, to: &int64s) { Int64(bitPattern: $0) }
            case 4: try reader.append(field, to: &uints) { UInt32(exactly: $0) }
            case 5: try reader.append(field, to: &uint64s) { $0 }
            case 6: try reader.append(field, to: &floats, unpacked: .fixed32)
            case 7: try reader.append(field, to: &doubles, unpacked: .fixed64)
            case 8: strings.append(try reader.string(field))
            default: return false
            }
            return true
        }
    }

    /// The tensor of these elements.
    ///
    /// *Throws*: `elementType` for a datatype that has no numbers here and for elements out of its range, and what
    /// tensors of another count of elements throw.
    func tensor(_ datatype: Datatype, _ shape: Shape) throws(TensorError) -> Tensor {
        switch datatype {
        case .bool: return try Tensor(bools, shape: shape)
        case .int8: return try Tensor(narrowed(ints, to: Int8.self), shape: shape)
        case .int16: return try Tensor(narrowed(ints, to: Int16.self), shape: shape)
        case .int32: return try Tensor(ints, shape: shape)
        case .int64: return try Tensor(int64s, shape: shape)
        case .uint8: return try Tensor(narrowed(uints, to: UInt8.self), shape: shape)
        case .uint16: return try Tensor(narrowed(uints, to: UInt16.self), shape: shape)
        case .uint32: return try Tensor(uints, shape: shape)
        case .uint64: return try Tensor(uint64s, shape: shape)
        case .fp32: return try Tensor(floats, shape: shape)
        case .fp64: return try Tensor(doubles, shape: shape)
        case .bytes: return try Tensor(strings: strings, shape: shape)
        case .fp16, .bf16:
            throw TensorError(
                .elementType,
                "the datatype `\(datatype.rawValue)` has no form in `contents`, expected `raw_input_contents`"
            )
        }
    }

    private func narrowed<Element: FixedWidthInteger>(
        _ values: [some FixedWidthInteger],
        to type: Element.Type
    ) throws(TensorError) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(values.count)
        for value in values {
            guard let element = Element(exactly: value) else {
                throw TensorError(.elementType, "\(value) is out of range, expected \(Element.min) to \(Element.max)")
            }
            elements.append(element)
        }
        return elements
    }
}
