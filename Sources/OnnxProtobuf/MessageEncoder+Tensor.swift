import COnnxProto
import OnnxIR
import Tensors

extension MessageEncoder {
    /// A tensor, whose elements are always `raw_data`, save strings.
    ///
    /// *Source*: `TensorProto`.
    func tensor(_ tensor: OnnxTensor) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorProto> {
        let message = try tensorWithoutElements(tensor)
        switch tensor.tensor.storage {
        case .bytes(let region):
            message.pointee.has_raw_data = 1
            message.pointee.raw_data = arena.bytes(region)
        case .strings(let strings):
            (message.pointee.n_string_data, message.pointee.string_data) =
                arena.numbers(strings.map { arena.bytes($0.utf8) })
        }
        return message
    }

    /// The tensor, whose elements go to the external data where the plan wants them there.
    func initializer(_ tensor: OnnxTensor) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorProto> {
        guard let externalData, let region = tensor.tensor.region,
            region.bytes.count >= externalData.minimumByteCount
        else { return try self.tensor(tensor) }
        let message = try tensorWithoutElements(tensor)
        message.pointee.has_data_location = 1
        message.pointee.data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
        let offset = externalData.append(region)
        (message.pointee.n_external_data, message.pointee.external_data) = try entries([
            MetadataEntry(key: "location", value: externalData.location),
            MetadataEntry(key: "offset", value: "\(offset)"),
            MetadataEntry(key: "length", value: "\(region.bytes.count)"),
        ])
        return message
    }

    /// *Source*: `SparseTensorProto`.
    func sparseTensor(
        _ tensor: OnnxSparseTensor
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__SparseTensorProto> {
        let message = arena.message(onnx__sparse_tensor_proto__init)
        message.pointee.values = try self.tensor(tensor.values)
        message.pointee.indices = try self.tensor(tensor.indices)
        (message.pointee.n_dims, message.pointee.dims) = arena.numbers(tensor.shape.dimensions.map(Int64.init))
        return message
    }

    private func tensorWithoutElements(
        _ tensor: OnnxTensor
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorProto> {
        let message = arena.message(onnx__tensor_proto__init)
        (message.pointee.n_dims, message.pointee.dims) =
            arena.numbers(tensor.tensor.shape.dimensions.map(Int64.init))
        message.pointee.has_data_type = 1
        message.pointee.data_type = tensor.tensor.elementType.rawValue
        message.pointee.name = try arena.string(tensor.name)
        message.pointee.doc_string = try arena.string(tensor.docString)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(tensor.metadata)
        return message
    }
}
