import Diagnostics
package import JSON
package import ServingCore
import ServingTransport
package import Tensors

/// The answer to a request for inference: JSON, and behind it the bytes of the outputs that were wanted so.
///
/// *Source*: Open Inference Protocol, Inference Response JSON Object; Triton's binary tensor data extension.
func inferResponse(
    _ response: InferenceResponse,
    to request: InferRequest,
    of model: ServedModel
) throws(ServingError) -> HTTPResponse {
    var writer = JSONWriter()
    var binary: [UInt8] = []
    var hasBinary = false
    writer.append("{\"model_name\":")
    writer.write(model.name)
    writer.append(",\"model_version\":")
    writer.write(model.version)
    if let id = request.id {
        writer.append(",\"id\":")
        writer.write(id)
    }
    writer.append(",\"outputs\":[")
    for (index, output) in try response.outputs(classifying: request.classCounts, of: model).enumerated() {
        if index > 0 { writer.append(",") }
        let datatype = Datatype(output.tensor.elementType)
        writer.append("{\"name\":")
        writer.write(output.name)
        writer.append(",\"datatype\":")
        writer.write(datatype?.rawValue ?? output.tensor.elementType.name)
        writer.append(",\"shape\":[")
        for (axis, extent) in output.tensor.shape.dimensions.enumerated() {
            if axis > 0 { writer.append(",") }
            writer.write(Int64(extent))
        }
        writer.append("]")
        if request.wantsBinaryByOutput[output.name] ?? request.wantsBinary {
            let start = binary.count
            appendBinary(output.tensor, to: &binary)
            hasBinary = true
            writer.append(",\"parameters\":{\"binary_data_size\":")
            writer.write(Int64(binary.count - start))
            writer.append("}}")
        } else {
            writer.append(",\"data\":")
            try locating(.item("output", output.name)) { () throws(ServingError) in
                try writeTensorData(output.tensor, to: &writer)
            }
            writer.append("}")
        }
    }
    writer.append("]}")
    guard hasBinary else { return HTTPResponse(json: writer.bytes) }
    return HTTPResponse(
        status: .ok,
        headers: [
            ("content-type", "application/octet-stream"),
            (InferRequest.lengthHeader, "\(writer.bytes.count)"),
        ],
        body: writer.bytes + binary
    )
}

/// Appends the elements of a tensor in row-major order, flat; what is not finite becomes a string.
///
/// *Throws*: `request` for elements that have no form in JSON.
package func writeTensorData(_ tensor: Tensor, to writer: inout JSONWriter) throws(ServingError) {
    switch tensor.elementType {
    case .float: try writeElements(tensor, of: Float.self, to: &writer) { $0.write($1) }
    case .double: try writeElements(tensor, of: Double.self, to: &writer) { $0.write($1) }
    case .int8: try writeElements(tensor, of: Int8.self, to: &writer) { $0.write(Int64($1)) }
    case .int16: try writeElements(tensor, of: Int16.self, to: &writer) { $0.write(Int64($1)) }
    case .int32: try writeElements(tensor, of: Int32.self, to: &writer) { $0.write(Int64($1)) }
    case .int64: try writeElements(tensor, of: Int64.self, to: &writer) { $0.write($1) }
    case .uint8: try writeElements(tensor, of: UInt8.self, to: &writer) { $0.write(UInt64($1)) }
    case .uint16: try writeElements(tensor, of: UInt16.self, to: &writer) { $0.write(UInt64($1)) }
    case .uint32: try writeElements(tensor, of: UInt32.self, to: &writer) { $0.write(UInt64($1)) }
    case .uint64: try writeElements(tensor, of: UInt64.self, to: &writer) { $0.write($1) }
    case .bool: try writeElements(tensor, of: Bool.self, to: &writer) { $0.write($1) }
    case .string:
        writer.append("[")
        for (index, string) in (tensor.strings ?? []).enumerated() {
            if index > 0 { writer.append(",") }
            writer.write(string)
        }
        writer.append("]")
    default:
        let name = Datatype(tensor.elementType)?.rawValue ?? tensor.elementType.name
        throw ServingError(
            .request,
            "the datatype `\(name)` has no form in JSON, expected `binary_data` or `binary_data_output` to be true"
        )
    }
}

private func writeElements<Element: TensorElement>(
    _ tensor: Tensor,
    of type: Element.Type,
    to writer: inout JSONWriter,
    _ write: (inout JSONWriter, Element) -> Void
) throws(ServingError) {
    do throws(TensorError) {
        try tensor.withElements(of: type) { elements throws(TensorError) in
            writer.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.append(",") }
                write(&writer, element)
            }
            writer.append("]")
        }
    } catch {
        throw ServingError(.resources, error.message)
    }
}
