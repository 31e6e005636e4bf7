import Diagnostics
import OnnxIR
import Tensors

/// Which field of a `SequenceProto` or an `OptionalProto` holds values.
private enum ContainerKind: Int32 {
    case tensor = 1
    case sparseTensor = 2
    case sequence = 3
    case map = 4
    case optional = 5
}

extension OnnxDecoder {
    /// A sequence, whose elements are of `elementType`, or of the first one's type where that is `nil`.
    ///
    /// *Source*: `SequenceProto`.
    func sequence(
        _ cursor: inout WireCursor,
        of elementType: ValueType?
    ) throws(OnnxReaderError) -> (name: String, value: Value) {
        var name = ""
        var kind: Int32 = 0
        var values: [Value] = []
        let inner = elementType.flatMap(Self.innerType)
        while let field = try cursor.next() {
            switch field.number {
            case 1: name = try text(field, of: &cursor)
            case 2: kind = try cursor.int32(field)
            case 3: values.append(.tensor(try tensor(field, of: &cursor, "element").tensor))
            case 4: throw unsupportedSparseTensor(field)
            case 5: values.append(try sequence(field, of: &cursor, of: inner))
            case 6: values.append(try map(field, of: &cursor, of: inner))
            case 7: values.append(try optional(field, of: &cursor, of: inner))
            default: try cursor.skip(field)
            }
        }
        let type = elementType ?? values.first?.type ?? Self.type(ofKind: kind)
        return (name, .sequence(values, of: type))
    }

    /// A value or none, of `valueType`, or of the type that is found where that is `nil`.
    ///
    /// *Source*: `OptionalProto`.
    func optional(
        _ cursor: inout WireCursor,
        of valueType: ValueType?
    ) throws(OnnxReaderError) -> (name: String, value: Value) {
        var name = ""
        var kind: Int32 = 0
        var value: Value?
        let inner = valueType.flatMap(Self.innerType)
        while let field = try cursor.next() {
            switch field.number {
            case 1: name = try text(field, of: &cursor)
            case 2: kind = try cursor.int32(field)
            case 3:
                try set(&value, to: .tensor(try tensor(field, of: &cursor, "value").tensor), field, of: cursor)
            case 4: throw unsupportedSparseTensor(field)
            case 5: try set(&value, to: try sequence(field, of: &cursor, of: inner), field, of: cursor)
            case 6: try set(&value, to: try map(field, of: &cursor, of: inner), field, of: cursor)
            case 7: try set(&value, to: try optional(field, of: &cursor, of: inner), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        return (name, .optional(value, of: valueType ?? value?.type ?? Self.type(ofKind: kind)))
    }

    /// *Source*: `MapProto`.
    func map(
        _ cursor: inout WireCursor,
        of valueType: ValueType?
    ) throws(OnnxReaderError) -> (name: String, value: Value) {
        let offset = cursor.position
        var name = ""
        var keyType: ElementType?
        var integerKeys: [Int64] = []
        var stringKeys: [String] = []
        var values: Value?
        while let field = try cursor.next() {
            switch field.number {
            case 1: name = try text(field, of: &cursor)
            case 2: keyType = try elementType(try cursor.int32(field), field)
            case 3: try cursor.append(to: &integerKeys, field)
            case 4: stringKeys.append(try text(in: try cursor.payload(field)))
            case 5: try set(&values, to: try sequence(field, of: &cursor, of: valueType), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        let keys = try keys(keyType, integerKeys, stringKeys, offset: offset)
        var elements: [Value] = []
        var type = valueType ?? Self.type(ofKind: 0)
        if case .sequence(let values, let elementType) = values {
            elements = values
            type = elementType
        }
        guard elements.count == keys.shape.elementCount else {
            throw OnnxReaderError(
                .value,
                at: .offset(offset),
                "a map has \(keys.shape.elementCount) keys and \(elements.count) values"
            )
        }
        return (name, .map(keys: keys, values: elements, of: type))
    }

    private func sequence(
        _ field: WireField,
        of outer: inout WireCursor,
        of type: ValueType?
    ) throws(OnnxReaderError) -> Value {
        var cursor = try open(field, of: &outer, as: "SequenceProto")
        return try sequence(&cursor, of: type).value
    }

    private func map(
        _ field: WireField,
        of outer: inout WireCursor,
        of type: ValueType?
    ) throws(OnnxReaderError) -> Value {
        var cursor = try open(field, of: &outer, as: "MapProto")
        return try map(&cursor, of: type).value
    }

    private func optional(
        _ field: WireField,
        of outer: inout WireCursor,
        of type: ValueType?
    ) throws(OnnxReaderError) -> Value {
        var cursor = try open(field, of: &outer, as: "OptionalProto")
        return try optional(&cursor, of: type).value
    }

    private func keys(
        _ type: ElementType?,
        _ integers: [Int64],
        _ strings: [String],
        offset: Int
    ) throws(OnnxReaderError) -> Tensor {
        guard let type, type == .string ? integers.isEmpty : strings.isEmpty else {
            throw OnnxReaderError(.value, at: .offset(offset), "the keys of a map are not of its `key_type`")
        }
        let tensor = try placingTensorErrors(.offset(offset)) { () throws(TensorError) -> Tensor? in
            switch type {
            case .string: try Tensor(strings: strings, shape: .vector(strings.count))
            case .int64: try Tensor(integers)
            case .uint64: try Tensor(integers.map { UInt64(bitPattern: $0) })
            case .int32: try Self.exactly(integers, as: Int32.self)
            case .int16: try Self.exactly(integers, as: Int16.self)
            case .int8: try Self.exactly(integers, as: Int8.self)
            case .uint32: try Self.exactly(integers, as: UInt32.self)
            case .uint16: try Self.exactly(integers, as: UInt16.self)
            case .uint8: try Self.exactly(integers, as: UInt8.self)
            default: nil
            }
        }
        guard let tensor else {
            throw OnnxReaderError(.value, at: .offset(offset), "the keys of a map do not fit `\(type.name)`")
        }
        return tensor
    }

    private static func exactly<Key: TensorElement & FixedWidthInteger>(
        _ integers: [Int64],
        as type: Key.Type
    ) throws(TensorError) -> Tensor? {
        let keys = integers.compactMap { Key(exactly: $0) }
        return keys.count == integers.count ? try Tensor(keys) : nil
    }

    private func unsupportedSparseTensor(_ field: WireField) -> OnnxReaderError {
        OnnxReaderError(.unsupported, at: .offset(field.offset), "a sparse tensor as a value is not supported")
    }

    /// The type of what lies in a value of `type`.
    private static func innerType(_ type: ValueType) -> ValueType? {
        switch type {
        case .sequence(let element), .optional(let element): element
        case .map(_, let value): value
        case .tensor, .sparseTensor, .opaque: nil
        }
    }

    private static func type(ofKind number: Int32) -> ValueType {
        switch ContainerKind(rawValue: number) {
        case .tensor, nil: .tensor(nil, shape: nil)
        case .sparseTensor: .sparseTensor(nil, shape: nil)
        case .sequence: .sequence(nil)
        case .map: .map(key: nil, value: nil)
        case .optional: .optional(nil)
        }
    }
}

extension Value {
    /// The type, as far as the value itself says it.
    fileprivate var type: ValueType {
        switch self {
        case .tensor(let tensor): .tensor(tensor.elementType, shape: nil)
        case .sequence(_, let element): .sequence(element)
        case .map(let keys, _, let value): .map(key: keys.elementType, value: value)
        case .optional(_, let value): .optional(value)
        }
    }
}
