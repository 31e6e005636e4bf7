import COnnxProto
import OnnxIR
import Tensors

extension MessageEncoder {
    /// *Source*: `AttributeProto`.
    func attribute(_ attribute: Attribute) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__AttributeProto> {
        try descend()
        defer { ascend() }
        let message = arena.message(onnx__attribute_proto__init)
        message.pointee.name = try arena.string(attribute.name)
        message.pointee.doc_string = try arena.string(attribute.docString)
        message.pointee.has_type = 1
        message.pointee.type = Onnx__AttributeProto__AttributeType(UInt32(attribute.value.kind.rawValue))
        try set(attribute.value, in: message)
        return message
    }

    private func set(
        _ value: AttributeValue,
        in message: UnsafeMutablePointer<Onnx__AttributeProto>
    ) throws(OnnxProtobufError) {
        switch value {
        case .float(let float):
            message.pointee.has_f = 1
            message.pointee.f = float
        case .int(let int):
            message.pointee.has_i = 1
            message.pointee.i = int
        case .string(let bytes):
            message.pointee.has_s = 1
            message.pointee.s = arena.bytes(bytes)
        case .tensor(let tensor): message.pointee.t = try self.tensor(tensor)
        case .graph(let graph): message.pointee.g = try self.graph(graph)
        case .floats(let floats): (message.pointee.n_floats, message.pointee.floats) = arena.numbers(floats)
        case .ints(let ints): (message.pointee.n_ints, message.pointee.ints) = arena.numbers(ints)
        case .strings(let strings):
            (message.pointee.n_strings, message.pointee.strings) = arena.bytes(strings)
        case .tensors(let tensors):
            (message.pointee.n_tensors, message.pointee.tensors) = try arena.messages(tensors, tensor)
        case .graphs(let graphs):
            (message.pointee.n_graphs, message.pointee.graphs) = try arena.messages(graphs, graph)
        case .sparseTensor(let tensor): message.pointee.sparse_tensor = try sparseTensor(tensor)
        case .sparseTensors(let tensors):
            (message.pointee.n_sparse_tensors, message.pointee.sparse_tensors) =
                try arena.messages(tensors, sparseTensor)
        case .type(let type): message.pointee.tp = try valueType(type)
        case .types(let types):
            (message.pointee.n_type_protos, message.pointee.type_protos) = try arena.messages(types, valueType)
        case .reference(let name, kind: _): message.pointee.ref_attr_name = try arena.string(name)
        }
    }
}
