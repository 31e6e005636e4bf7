import COnnxProto
import CProtobufC
import Diagnostics
import OnnxIR

extension MessageDecoder {
    func attribute(_ message: Onnx__AttributeProto) throws(OnnxProtobufError) -> Attribute {
        guard let kind = kind(of: message) else {
            throw OnnxProtobufError(.value, "attribute `\(text(message.name))` has no type")
        }
        let reference = text(message.ref_attr_name)
        guard let value = reference.isEmpty ? try value(of: kind, in: message) : .reference(reference, kind: kind)
        else {
            throw OnnxProtobufError(.value, "attribute `\(text(message.name))` has no value")
        }
        var attribute = Attribute(text(message.name), value)
        attribute.docString = text(message.doc_string)
        return attribute
    }

    private func kind(of message: Onnx__AttributeProto) -> AttributeKind? {
        if let kind = AttributeKind(rawValue: Int32(bitPattern: message.type.rawValue)) { return kind }
        if message.has_f != 0 { return .float }
        if message.has_i != 0 { return .int }
        if message.has_s != 0 { return .string }
        if message.t != nil { return .tensor }
        if message.g != nil { return .graph }
        if message.n_floats > 0 { return .floats }
        if message.n_ints > 0 { return .ints }
        if message.n_strings > 0 { return .strings }
        if message.n_tensors > 0 { return .tensors }
        if message.n_graphs > 0 { return .graphs }
        if message.tp != nil { return .type }
        if message.n_type_protos > 0 { return .types }
        if message.sparse_tensor != nil { return .sparseTensor }
        return message.n_sparse_tensors > 0 ? .sparseTensors : nil
    }

    private func value(
        of kind: AttributeKind,
        in message: Onnx__AttributeProto
    ) throws(OnnxProtobufError) -> AttributeValue? {
        switch kind {
        case .float: return .float(message.f)
        case .int: return .int(message.i)
        case .string: return .string(numbers(message.s.len, message.s.data))
        case .tensor:
            guard let tensor = message.t else { return nil }
            return .tensor(try self.tensor(tensor.pointee))
        case .graph:
            guard let graph = message.g else { return nil }
            return .graph(try self.graph(graph.pointee))
        case .floats: return .floats(numbers(message.n_floats, message.floats))
        case .ints: return .ints(numbers(message.n_ints, message.ints))
        case .strings:
            return .strings(numbers(message.n_strings, message.strings).map { numbers($0.len, $0.data) })
        case .tensors: return .tensors(try list(message.n_tensors, message.tensors, tensor))
        case .graphs: return .graphs(try list(message.n_graphs, message.graphs, graph))
        case .sparseTensor:
            guard let tensor = message.sparse_tensor else { return nil }
            return .sparseTensor(try sparseTensor(tensor.pointee))
        case .sparseTensors:
            return .sparseTensors(try list(message.n_sparse_tensors, message.sparse_tensors, sparseTensor))
        case .type: return try valueType(message.tp).map(AttributeValue.type)
        case .types:
            return .types(try list(message.n_type_protos, message.type_protos, valueType).compactMap(\.self))
        }
    }
}
