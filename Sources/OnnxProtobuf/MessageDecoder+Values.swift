import COnnxProto
import CProtobufC
import Diagnostics
import OnnxIR
import Tensors

extension MessageDecoder {
    /// A sequence whose elements are of `type`, or of the first one's where that is `nil`.
    func sequence(_ message: Onnx__SequenceProto, of type: ValueType?) throws(OnnxProtobufError) -> Value {
        let inner = innerType(type)
        var values: [Value] = []
        values += try list(message.n_tensor_values, message.tensor_values, tensorValue)
        values += try list(message.n_sequence_values, message.sequence_values) { element throws(OnnxProtobufError) in
            try sequence(element, of: inner)
        }
        values += try list(message.n_map_values, message.map_values) { element throws(OnnxProtobufError) in
            try map(element, of: inner)
        }
        values += try list(message.n_optional_values, message.optional_values) { element throws(OnnxProtobufError) in
            try optional(element, of: inner)
        }
        return .sequence(values, of: type ?? values.first.map(self.type) ?? emptyType(message.elem_type))
    }

    /// A value or none, of `type`, or of the type that is found where that is `nil`.
    func optional(_ message: Onnx__OptionalProto, of type: ValueType?) throws(OnnxProtobufError) -> Value {
        var value: Value?
        if let tensor = message.tensor_value { value = try tensorValue(tensor.pointee) }
        if let inner = message.sequence_value { value = try sequence(inner.pointee, of: innerType(type)) }
        if let inner = message.map_value { value = try map(inner.pointee, of: innerType(type)) }
        if let inner = message.optional_value { value = try optional(inner.pointee, of: innerType(type)) }
        return .optional(value, of: type ?? value.map(self.type) ?? emptyType(message.elem_type))
    }

    /// A map whose values are of `type`, or of the first one's where that is `nil`.
    func map(_ message: Onnx__MapProto, of type: ValueType?) throws(OnnxProtobufError) -> Value {
        let strings = numbers(message.n_string_keys, message.string_keys).map { key in
            String(decoding: numbers(key.len, key.data), as: UTF8.self)
        }
        let keys = try keys(ElementType(rawValue: message.key_type), numbers(message.n_keys, message.keys), strings)
        guard let pointer = message.values,
            case .sequence(let values, of: let found) = try sequence(pointer.pointee, of: type)
        else { return .map(keys: keys, values: [], of: type ?? emptyType(0)) }
        return .map(keys: keys, values: values, of: found)
    }

    private func tensorValue(_ message: Onnx__TensorProto) throws(OnnxProtobufError) -> Value {
        .tensor(try tensor(message).tensor)
    }

    private func keys(
        _ type: ElementType?,
        _ integers: [Int64],
        _ strings: [String]
    ) throws(OnnxProtobufError) -> Tensor {
        do throws(TensorError) {
            switch type {
            case .string: return try Tensor(strings: strings, shape: .vector(strings.count))
            case .int64: return try Tensor(integers)
            case .int32: return try Tensor(integers.map { Int32(truncatingIfNeeded: $0) })
            case .int16: return try Tensor(integers.map { Int16(truncatingIfNeeded: $0) })
            case .int8: return try Tensor(integers.map { Int8(truncatingIfNeeded: $0) })
            case .uint64: return try Tensor(integers.map { UInt64(bitPattern: $0) })
            case .uint32: return try Tensor(integers.map { UInt32(truncatingIfNeeded: $0) })
            case .uint16: return try Tensor(integers.map { UInt16(truncatingIfNeeded: $0) })
            case .uint8: return try Tensor(integers.map { UInt8(truncatingIfNeeded: $0) })
            default: throw TensorError(.elementType, "`\(type?.name ?? "none")` is no type of keys")
            }
        } catch {
            throw OnnxProtobufError(error)
        }
    }

    private func innerType(_ type: ValueType?) -> ValueType? {
        switch type {
        case .sequence(let inner), .optional(let inner), .map(_, let inner): inner
        default: nil
        }
    }

    private func type(of value: Value) -> ValueType {
        switch value {
        case .tensor(let tensor): .tensor(tensor.elementType, shape: nil)
        case .sequence(_, let inner): .sequence(inner)
        case .map(let keys, _, let inner): .map(key: keys.elementType, value: inner)
        case .optional(_, let inner): .optional(inner)
        }
    }

    /// The type of what is not there, by the number in `elem_type`.
    private func emptyType(_ number: Int32) -> ValueType {
        switch number {
        case 2: .sparseTensor(nil, shape: nil)
        case 3: .sequence(nil)
        case 4: .map(key: nil, value: nil)
        case 5: .optional(nil)
        default: .tensor(nil, shape: nil)
        }
    }
}
