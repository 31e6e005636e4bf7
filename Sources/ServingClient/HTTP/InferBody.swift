import Diagnostics
import JSON
import ServingCore
import ServingHTTP
import Tensors

/// A request for inference as HTTP carries it.
package struct InferBody: Sendable {
    package var headers: [(name: String, value: String)]
    package var bytes: [UInt8]
}

/// The body of a request: JSON, and behind it the bytes of the tensors when they are to go so.
///
/// *Source*: Open Inference Protocol, Inference Request JSON Object; Triton, Binary Tensor Data Extension.
/// *Throws*: `input` for elements that the form has no room for.
package func inferBody(_ call: InferenceCall) throws(ClientError) -> InferBody {
    var writer = JSONWriter()
    var binary: [UInt8] = []
    writer.append("{")
    if let id = call.id {
        writer.append("\"id\":")
        writer.write(id)
        writer.append(",")
    }
    if call.isBinary { writer.append("\"parameters\":{\"binary_data_output\":true},") }
    writer.append("\"inputs\":[")
    for (index, input) in call.inputs.enumerated() {
        if index > 0 { writer.append(",") }
        try locating(.item("input", input.name)) { () throws(ClientError) in
            try writer.write(input, isBinary: call.isBinary, &binary)
        }
    }
    writer.append("]")
    if !call.outputs.isEmpty {
        writer.append(",\"outputs\":")
        writer.write(.array(call.outputs.map { ["name": .string($0)] }))
    }
    writer.append("}")
    guard call.isBinary else {
        return InferBody(headers: [("content-type", "application/json")], bytes: writer.bytes)
    }
    return InferBody(
        headers: [
            ("content-type", "application/octet-stream"), ("inference-header-content-length", "\(writer.bytes.count)"),
        ],
        bytes: writer.bytes + binary
    )
}

extension JSONWriter {
    fileprivate mutating func write(
        _ input: NamedTensor,
        isBinary: Bool,
        _ binary: inout [UInt8]
    ) throws(ClientError) {
        guard let datatype = Datatype(input.tensor.elementType) else {
            throw ClientError(.input, "the protocol has no name for elements of `\(input.tensor.elementType.name)`")
        }
        append("{\"name\":")
        write(input.name)
        append(",\"datatype\":")
        write(datatype.rawValue)
        append(",\"shape\":")
        write(.array(input.tensor.shape.dimensions.map { .number(JSONNumber($0)) }))
        if isBinary {
            let start = binary.count
            appendBinary(input.tensor, to: &binary)
            append(",\"parameters\":{\"binary_data_size\":")
            write(Int64(binary.count - start))
            append("}}")
            return
        }
        append(",\"data\":")
        do throws(ServingError) {
            try writeTensorData(input.tensor, to: &self)
        } catch {
            guard datatype == .fp16 || datatype == .bf16 else { throw ClientError(.input, error.message) }
            throw ClientError(
                .input,
                "the datatype `\(datatype.rawValue)` has no form in JSON, expected tensors as bytes",
                hint: "use `--binary`"
            )
        }
        append("}")
    }
}
