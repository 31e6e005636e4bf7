import COnnxProto
import OnnxIR
import Tensors

extension MessageEncoder {
    /// *Source*: `ValueInfoProto`.
    func valueInfo(_ info: ValueInfo) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__ValueInfoProto> {
        let message = arena.message(onnx__value_info_proto__init)
        message.pointee.name = try arena.string(info.name)
        if let type = info.type { message.pointee.type = try valueType(type) }
        message.pointee.doc_string = try arena.string(info.docString)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(info.metadata)
        return message
    }

    /// *Source*: `TypeProto`.
    func valueType(_ type: ValueType) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TypeProto> {
        try descend()
        defer { ascend() }
        let message = arena.message(onnx__type_proto__init)
        switch type {
        case .tensor(let element, let shape):
            let inner = arena.message(onnx__type_proto__tensor__init)
            if let element { (inner.pointee.has_elem_type, inner.pointee.elem_type) = (1, element.rawValue) }
            if let shape { inner.pointee.shape = try self.shape(shape) }
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
            message.pointee.tensor_type = inner
        case .sparseTensor(let element, let shape):
            let inner = arena.message(onnx__type_proto__sparse_tensor__init)
            if let element { (inner.pointee.has_elem_type, inner.pointee.elem_type) = (1, element.rawValue) }
            if let shape { inner.pointee.shape = try self.shape(shape) }
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE
            message.pointee.sparse_tensor_type = inner
        case .sequence(let element):
            let inner = arena.message(onnx__type_proto__sequence__init)
            inner.pointee.elem_type = try nestedType(element)
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE
            message.pointee.sequence_type = inner
        case .map(let key, let value):
            let inner = arena.message(onnx__type_proto__map__init)
            if let key { (inner.pointee.has_key_type, inner.pointee.key_type) = (1, key.rawValue) }
            inner.pointee.value_type = try nestedType(value)
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_MAP_TYPE
            message.pointee.map_type = inner
        case .optional(let element):
            let inner = arena.message(onnx__type_proto__optional__init)
            inner.pointee.elem_type = try nestedType(element)
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE
            message.pointee.optional_type = inner
        case .opaque(let domain, let name):
            let inner = arena.message(onnx__type_proto__opaque__init)
            inner.pointee.domain = try arena.string(domain)
            inner.pointee.name = try arena.string(name)
            message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_OPAQUE_TYPE
            message.pointee.opaque_type = inner
        }
        return message
    }

    private func nestedType(_ type: ValueType?) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TypeProto>? {
        guard let type else { return nil }
        // The message between the two types counts as well.
        try descend()
        defer { ascend() }
        return try valueType(type)
    }

    private func shape(_ shape: [Dimension]) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorShapeProto> {
        let message = arena.message(onnx__tensor_shape_proto__init)
        (message.pointee.n_dim, message.pointee.dim) = try arena.messages(shape, dimension)
        return message
    }

    private func dimension(
        _ dimension: Dimension
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorShapeProto__Dimension> {
        let message = arena.message(onnx__tensor_shape_proto__dimension__init)
        switch dimension {
        case .fixed(let extent):
            message.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
            message.pointee.dim_value = Int64(extent)
        case .symbol(let name):
            message.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
            message.pointee.dim_param = try arena.requiredString(name)
        case .unknown: break
        }
        return message
    }
}
