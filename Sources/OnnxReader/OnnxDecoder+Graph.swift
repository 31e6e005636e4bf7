import Diagnostics
import OnnxIR

extension OnnxDecoder {
    /// *Source*: `GraphProto`.
    func graph(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Graph {
        var cursor = try open(field, of: &outer, as: "GraphProto")
        var graph = Graph(name: "")
        while let field = try cursor.next() {
            switch field.number {
            case 1: graph.nodes.append(try node(field, of: &cursor, index: graph.nodes.count))
            case 2: graph.name = try text(field, of: &cursor)
            case 5: graph.initializers.append(try tensor(field, of: &cursor, "initializer"))
            case 10: graph.docString = try text(field, of: &cursor)
            case 11: graph.inputs.append(try valueInfo(field, of: &cursor, "input"))
            case 12: graph.outputs.append(try valueInfo(field, of: &cursor, "output"))
            case 13: graph.valueInfo.append(try valueInfo(field, of: &cursor, "value"))
            case 14: graph.quantizationAnnotations.append(try quantizationAnnotation(field, of: &cursor))
            case 15: graph.sparseInitializers.append(try sparseTensor(field, of: &cursor))
            case 16: graph.metadata.append(try metadataEntry(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return graph
    }

    /// *Source*: `NodeProto`.
    func node(
        _ field: WireField,
        of outer: inout WireCursor,
        index: Int
    ) throws(OnnxReaderError) -> Node {
        var cursor = try open(field, of: &outer, as: "NodeProto")
        try count(&nodeCount, limits.nodeCount, "nodes", field)
        var node = Node("", inputs: [], outputs: [])
        do {
            while let field = try cursor.next() {
                switch field.number {
                case 1: node.inputs.append(try text(field, of: &cursor))
                case 2: node.outputs.append(try text(field, of: &cursor))
                case 3: node.name = try text(field, of: &cursor)
                case 4: node.opType = try text(field, of: &cursor)
                case 5: node.attributes.append(try attribute(field, of: &cursor))
                case 6: node.docString = try text(field, of: &cursor)
                case 7: node.domain = OperatorDomain(try text(field, of: &cursor))
                case 8: node.overload = try text(field, of: &cursor)
                case 9: node.metadata.append(try metadataEntry(field, of: &cursor))
                case 10: node.deviceConfigurations.append(try nodeDeviceConfiguration(field, of: &cursor))
                default: try cursor.skip(field)
                }
            }
            return node
        } catch {
            let name = node.name.isEmpty ? "#\(index)" : node.name
            throw error.within(.item("node", name, node.opType.isEmpty ? nil : node.opType))
        }
    }

    /// *Source*: `FunctionProto`.
    func function(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Function {
        var cursor = try open(field, of: &outer, as: "FunctionProto")
        var function = Function(name: "", domain: .onnx, inputs: [], outputs: [], nodes: [])
        do {
            while let field = try cursor.next() {
                switch field.number {
                case 1: function.name = try text(field, of: &cursor)
                case 4: function.inputs.append(try text(field, of: &cursor))
                case 5: function.outputs.append(try text(field, of: &cursor))
                case 6: function.attributeNames.append(try text(field, of: &cursor))
                case 7: function.nodes.append(try node(field, of: &cursor, index: function.nodes.count))
                case 8: function.docString = try text(field, of: &cursor)
                case 9: function.opsetImports.append(try opsetImport(field, of: &cursor))
                case 10: function.domain = OperatorDomain(try text(field, of: &cursor))
                case 11: function.attributeDefaults.append(try attribute(field, of: &cursor))
                case 12: function.valueInfo.append(try valueInfo(field, of: &cursor, "value"))
                case 13: function.overload = try text(field, of: &cursor)
                case 14: function.metadata.append(try metadataEntry(field, of: &cursor))
                default: try cursor.skip(field)
                }
            }
            return function
        } catch {
            throw error.within(.item("function", function.name))
        }
    }

    private func quantizationAnnotation(
        _ field: WireField,
        of outer: inout WireCursor
    ) throws(OnnxReaderError) -> QuantizationAnnotation {
        var cursor = try open(field, of: &outer, as: "TensorAnnotation")
        var annotation = QuantizationAnnotation(tensorName: "", parameters: [])
        while let field = try cursor.next() {
            switch field.number {
            case 1: annotation.tensorName = try text(field, of: &cursor)
            case 2: annotation.parameters.append(try metadataEntry(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return annotation
    }
}
