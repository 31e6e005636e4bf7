import COnnxProto
import Diagnostics
import OnnxIR
import Tensors

extension MessageDecoder {
    func valueInfo(_ message: Onnx__ValueInfoProto) throws(OnnxProtobufError) -> ValueInfo {
        var info = ValueInfo(name: text(message.name), type: try valueType(message.type))
        info.docString = text(message.doc_string)
        info.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
        return info
    }

    func valueType(_ pointer: UnsafeMutablePointer<Onnx__TypeProto>?) throws(OnnxProtobufError) -> ValueType? {
        guard let pointer else { return nil }
        return try valueType(pointer.pointee)
    }

    func valueType(_ message: Onnx__TypeProto) throws(OnnxProtobufError) -> ValueType? {
        switch message.value_case {
        case ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE:
            guard let inner = message.tensor_type?.pointee else { return nil }
            return .tensor(try elementType(inner.elem_type), shape: try shape(inner.shape))
        case ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE:
            guard let inner = message.sparse_tensor_type?.pointee else { return nil }
            return .sparseTensor(try elementType(inner.elem_type), shape: try shape(inner.shape))
        case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE:
            return .sequence(try valueType(message.sequence_type?.pointee.elem_type))
        case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE:
            return .optional(try valueType(message.optional_type?.pointee.elem_type))
        case ONNX__TYPE_PROTO__VALUE_MAP_TYPE:
            guard let inner = message.map_type?.pointee else { return nil }
            return .map(key: try elementType(inner.key_type), value: try valueType(inner.value_type))
        case ONNX__TYPE_PROTO__VALUE_OPAQUE_TYPE:
            guard let inner = message.opaque_type?.pointee else { return nil }
            return .opaque(domain: text(inner.domain), name: text(inner.name))
        default: return nil
        }
    }

    func elementType(_ number: Int32) throws(OnnxProtobufError) -> ElementType? {
        if number == 0 { return nil }
        guard let type = ElementType(rawValue: number) else {
            throw OnnxProtobufError(.value, "element type \(number) is not known")
        }
        return type
    }

    private func shape(
        _ pointer: UnsafeMutablePointer<Onnx__TensorShapeProto>?
    ) throws(OnnxProtobufError) -> [Dimension]? {
        guard let message = pointer?.pointee else { return nil }
        return try list(message.n_dim, message.dim) { dimension -> Dimension in
            switch dimension.value_case {
            case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE where dimension.dim_value >= 0:
                .fixed(Int(dimension.dim_value))
            case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM where !text(dimension.dim_param).isEmpty:
                .symbol(text(dimension.dim_param))
            default: .unknown
            }
        }
    }
}
