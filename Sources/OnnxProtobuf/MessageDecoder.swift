import COnnxProto
import Diagnostics
import OnnxIR
import Tensors

/// Turns a tree of protobuf-c messages into the IR.
///
/// It shares no code with `OnnxReader`, which it is there to check.
struct MessageDecoder {
    /// The folder that external data is looked for in.
    let folder: String

    func model(_ message: Onnx__ModelProto) throws(OnnxProtobufError) -> Model {
        guard let graph = message.graph else { throw OnnxProtobufError(.value, "`ModelProto` has no `graph`") }
        var model = Model(
            irVersion: message.ir_version,
            opsetImports: try list(message.n_opset_import, message.opset_import, opsetImport),
            graph: try self.graph(graph.pointee)
        )
        model.producerName = text(message.producer_name)
        model.producerVersion = text(message.producer_version)
        model.domain = text(message.domain)
        model.modelVersion = message.model_version
        model.docString = text(message.doc_string)
        model.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
        model.trainingInfo = try list(message.n_training_info, message.training_info, trainingInfo)
        model.functions = try list(message.n_functions, message.functions, function)
        model.deviceConfigurations = try list(message.n_configuration, message.configuration, deviceConfiguration)
        return model
    }

    func graph(_ message: Onnx__GraphProto) throws(OnnxProtobufError) -> Graph {
        var graph = Graph(
            name: text(message.name),
            inputs: try list(message.n_input, message.input, valueInfo),
            outputs: try list(message.n_output, message.output, valueInfo),
            nodes: try list(message.n_node, message.node, node)
        )
        graph.docString = text(message.doc_string)
        graph.valueInfo = try list(message.n_value_info, message.value_info, valueInfo)
        graph.initializers = try list(message.n_initializer, message.initializer, tensor)
        graph.sparseInitializers = try list(message.n_sparse_initializer, message.sparse_initializer, sparseTensor)
        graph.quantizationAnnotations = try list(
            message.n_quantization_annotation,
            message.quantization_annotation,
            quantizationAnnotation
        )
        graph.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
        return graph
    }

    func entry(_ message: Onnx__StringStringEntryProto) -> MetadataEntry {
        MetadataEntry(key: text(message.key), value: text(message.value))
    }

    /// A string; empty when the field is not there.
    func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }

    func texts(_ count: Int, _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
        UnsafeBufferPointer(start: pointers, count: pointers == nil ? 0 : count).map { text($0) }
    }

    func numbers<Number>(_ count: Int, _ pointer: UnsafeMutablePointer<Number>?) -> [Number] {
        Array(UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count))
    }

    /// The elements of a repeated message.
    func list<Message, Item>(
        _ count: Int,
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?,
        _ decode: (Message) throws(OnnxProtobufError) -> Item
    ) throws(OnnxProtobufError) -> [Item] {
        var items: [Item] = []
        guard let pointers else { return items }
        items.reserveCapacity(count)
        for index in 0..<count {
            guard let message = pointers[index] else { continue }
            items.append(try decode(message.pointee))
        }
        return items
    }

    private func opsetImport(_ message: Onnx__OperatorSetIdProto) -> OpsetImport {
        OpsetImport(domain: OperatorDomain(text(message.domain)), version: message.version)
    }

    private func node(_ message: Onnx__NodeProto) throws(OnnxProtobufError) -> Node {
        var node = Node(
            text(message.op_type),
            domain: OperatorDomain(text(message.domain)),
            name: text(message.name),
            inputs: texts(message.n_input, message.input),
            outputs: texts(message.n_output, message.output),
            attributes: try list(message.n_attribute, message.attribute, attribute)
        )
        node.overload = text(message.overload)
        node.docString = text(message.doc_string)
        node.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
        node.deviceConfigurations = try list(
            message.n_device_configurations,
            message.device_configurations,
            nodeDeviceConfiguration
        )
        return node
    }

    private func function(_ message: Onnx__FunctionProto) throws(OnnxProtobufError) -> Function {
        var function = Function(
            name: text(message.name),
            domain: OperatorDomain(text(message.domain)),
            inputs: texts(message.n_input, message.input),
            outputs: texts(message.n_output, message.output),
            nodes: try list(message.n_node, message.node, node)
        )
        function.overload = text(message.overload)
        function.docString = text(message.doc_string)
        function.attributeNames = texts(message.n_attribute, message.attribute)
        function.attributeDefaults = try list(message.n_attribute_proto, message.attribute_proto, attribute)
        function.opsetImports = try list(message.n_opset_import, message.opset_import, opsetImport)
        function.valueInfo = try list(message.n_value_info, message.value_info, valueInfo)
        function.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
        return function
    }

    private func trainingInfo(_ message: Onnx__TrainingInfoProto) throws(OnnxProtobufError) -> TrainingInfo {
        var info = TrainingInfo()
        if let initialization = message.initialization { info.initialization = try graph(initialization.pointee) }
        if let algorithm = message.algorithm { info.algorithm = try graph(algorithm.pointee) }
        info.initializationBindings = try list(
            message.n_initialization_binding,
            message.initialization_binding,
            entry
        )
        info.updateBindings = try list(message.n_update_binding, message.update_binding, entry)
        return info
    }

    private func quantizationAnnotation(
        _ message: Onnx__TensorAnnotation
    ) throws(OnnxProtobufError) -> QuantizationAnnotation {
        QuantizationAnnotation(
            tensorName: text(message.tensor_name),
            parameters: try list(message.n_quant_parameter_tensor_names, message.quant_parameter_tensor_names, entry)
        )
    }
}
