import COnnxProto
import CProtobufC
import Diagnostics
import OnnxIR
import Tensors

/// Builds the protobuf-c tree of a model.
final class MessageEncoder {
    let arena = MessageArena()
    /// Where initializers of a certain size go instead of into the tree.
    let externalData: ExternalDataPlan?
    private var depth = 0

    init(externalData: ExternalDataPlan? = nil) {
        self.externalData = externalData
    }

    /// *Source*: `ModelProto`.
    func model(_ model: Model) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__ModelProto> {
        let message = arena.message(onnx__model_proto__init)
        message.pointee.has_ir_version = 1
        message.pointee.ir_version = model.irVersion
        message.pointee.producer_name = try arena.string(model.producerName)
        message.pointee.producer_version = try arena.string(model.producerVersion)
        message.pointee.domain = try arena.string(model.domain)
        message.pointee.has_model_version = model.modelVersion == 0 ? 0 : 1
        message.pointee.model_version = model.modelVersion
        message.pointee.doc_string = try arena.string(model.docString)
        message.pointee.graph = try graph(model.graph)
        (message.pointee.n_opset_import, message.pointee.opset_import) =
            try arena.messages(model.opsetImports, opsetImport)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(model.metadata)
        (message.pointee.n_training_info, message.pointee.training_info) =
            try arena.messages(model.trainingInfo, trainingInfo)
        (message.pointee.n_functions, message.pointee.functions) = try arena.messages(model.functions, function)
        (message.pointee.n_configuration, message.pointee.configuration) =
            try arena.messages(model.deviceConfigurations, deviceConfiguration)
        return message
    }

    /// *Source*: `GraphProto`.
    func graph(_ graph: Graph) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__GraphProto> {
        try descend()
        defer { depth -= 1 }
        let message = arena.message(onnx__graph_proto__init)
        message.pointee.name = try arena.string(graph.name)
        message.pointee.doc_string = try arena.string(graph.docString)
        (message.pointee.n_node, message.pointee.node) = try arena.messages(graph.nodes, node)
        (message.pointee.n_initializer, message.pointee.initializer) =
            try arena.messages(graph.initializers, initializer)
        (message.pointee.n_input, message.pointee.input) = try arena.messages(graph.inputs, valueInfo)
        (message.pointee.n_output, message.pointee.output) = try arena.messages(graph.outputs, valueInfo)
        (message.pointee.n_value_info, message.pointee.value_info) = try arena.messages(graph.valueInfo, valueInfo)
        (message.pointee.n_quantization_annotation, message.pointee.quantization_annotation) =
            try arena.messages(graph.quantizationAnnotations, quantizationAnnotation)
        (message.pointee.n_sparse_initializer, message.pointee.sparse_initializer) =
            try arena.messages(graph.sparseInitializers, sparseTensor)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(graph.metadata)
        return message
    }

    /// *Source*: `FunctionProto`.
    func function(_ function: Function) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__FunctionProto> {
        let message = arena.message(onnx__function_proto__init)
        message.pointee.name = try arena.string(function.name)
        message.pointee.domain = try arena.string(function.domain.name)
        message.pointee.overload = try arena.string(function.overload)
        message.pointee.doc_string = try arena.string(function.docString)
        (message.pointee.n_input, message.pointee.input) = try arena.strings(function.inputs)
        (message.pointee.n_output, message.pointee.output) = try arena.strings(function.outputs)
        (message.pointee.n_attribute, message.pointee.attribute) = try arena.strings(function.attributeNames)
        (message.pointee.n_attribute_proto, message.pointee.attribute_proto) =
            try arena.messages(function.attributeDefaults, attribute)
        (message.pointee.n_opset_import, message.pointee.opset_import) =
            try arena.messages(function.opsetImports, opsetImport)
        (message.pointee.n_node, message.pointee.node) = try arena.messages(function.nodes, node)
        (message.pointee.n_value_info, message.pointee.value_info) =
            try arena.messages(function.valueInfo, valueInfo)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(function.metadata)
        return message
    }

    /// *Source*: `NodeProto`.
    func node(_ node: Node) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__NodeProto> {
        try descend()
        defer { depth -= 1 }
        let message = arena.message(onnx__node_proto__init)
        message.pointee.name = try arena.string(node.name)
        message.pointee.op_type = try arena.string(node.opType)
        message.pointee.domain = try arena.string(node.domain.name)
        message.pointee.overload = try arena.string(node.overload)
        message.pointee.doc_string = try arena.string(node.docString)
        (message.pointee.n_input, message.pointee.input) = try arena.strings(node.inputs)
        (message.pointee.n_output, message.pointee.output) = try arena.strings(node.outputs)
        (message.pointee.n_attribute, message.pointee.attribute) = try arena.messages(node.attributes, attribute)
        (message.pointee.n_device_configurations, message.pointee.device_configurations) =
            try arena.messages(node.deviceConfigurations, nodeDeviceConfiguration)
        (message.pointee.n_metadata_props, message.pointee.metadata_props) = try entries(node.metadata)
        return message
    }

    /// An import; the standard's own domain is written as an empty string, as ONNX does it.
    ///
    /// *Source*: `OperatorSetIdProto`.
    func opsetImport(_ opset: OpsetImport) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__OperatorSetIdProto> {
        let message = arena.message(onnx__operator_set_id_proto__init)
        message.pointee.domain = try arena.requiredString(opset.domain.name)
        message.pointee.has_version = 1
        message.pointee.version = opset.version
        return message
    }

    /// *Source*: `StringStringEntryProto`, repeated.
    func entries(
        _ entries: [MetadataEntry]
    ) throws(OnnxProtobufError) -> (
        Int, UnsafeMutablePointer<UnsafeMutablePointer<Onnx__StringStringEntryProto>?>?
    ) {
        try arena.messages(entries, entry)
    }

    private func entry(
        _ entry: MetadataEntry
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__StringStringEntryProto> {
        let message = arena.message(onnx__string_string_entry_proto__init)
        message.pointee.key = try arena.requiredString(entry.key)
        message.pointee.value = try arena.requiredString(entry.value)
        return message
    }

    private func quantizationAnnotation(
        _ annotation: QuantizationAnnotation
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TensorAnnotation> {
        let message = arena.message(onnx__tensor_annotation__init)
        message.pointee.tensor_name = try arena.string(annotation.tensorName)
        (message.pointee.n_quant_parameter_tensor_names, message.pointee.quant_parameter_tensor_names) =
            try entries(annotation.parameters)
        return message
    }

    private func trainingInfo(
        _ info: TrainingInfo
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__TrainingInfoProto> {
        let message = arena.message(onnx__training_info_proto__init)
        if let initialization = info.initialization { message.pointee.initialization = try graph(initialization) }
        if let algorithm = info.algorithm { message.pointee.algorithm = try graph(algorithm) }
        (message.pointee.n_initialization_binding, message.pointee.initialization_binding) =
            try entries(info.initializationBindings)
        (message.pointee.n_update_binding, message.pointee.update_binding) = try entries(info.updateBindings)
        return message
    }

    /// Goes into a graph, node, attribute or type; the leaves below them are at most four messages deeper, and readers
    /// take 100.
    func descend() throws(OnnxProtobufError) {
        depth += 1
        guard depth <= 95 else {
            throw OnnxProtobufError(.depth, "graphs or types lie more than 95 messages deep inside each other")
        }
    }

    /// Comes back from `descend`.
    func ascend() { depth -= 1 }
}
