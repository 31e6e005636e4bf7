import Diagnostics
import JSON
import ServingCore
import ServingTransport
import Tensors

/// The outputs of a model as the dialects that know no tensors have them: nested arrays, row by row or whole.
struct Predictions {
    private struct Output {
        let name: String
        let extents: [Int]
        let write: ElementWriter
    }

    private let outputs: [Output]

    init(_ response: InferenceResponse) throws(ServingError) {
        var outputs: [Output] = []
        for output in response.outputs {
            let writer = try locating(.item("output", output.name)) { () throws(ServingError) in
                try elementWriter(output.tensor)
            }
            outputs.append(Output(name: output.name, extents: output.tensor.shape.dimensions, write: writer))
        }
        self.outputs = outputs
    }

    /// Appends the answer to a request: an array with an element for each of its rows, or the whole outputs.
    ///
    /// One output stands without its name, several as an object.
    ///
    /// *Throws*: `output` for rows of an output that has not as many.
    func write(rows rowCount: Int?, to writer: inout JSONWriter) throws(ServingError) {
        guard let rowCount else { return writeNamed(to: &writer) { Self.write($0, axis: 0, from: 0, to: &$1) } }
        try checkRows(rowCount)
        writer.append("[")
        for row in 0..<rowCount {
            if row > 0 { writer.append(",") }
            writeNamed(to: &writer) { Self.write($0, axis: 1, from: row * Self.rowCount(of: $0), to: &$1) }
        }
        writer.append("]")
    }

    /// The outputs as CSV: a line for each row with the elements of all of them, without a header.
    ///
    /// *Throws*: `output` for rows of an output that has not as many.
    func csv(rows rowCount: Int?) throws(ServingError) -> [UInt8] {
        let rowCount = rowCount ?? outputs.first?.extents.first ?? 1
        try checkRows(rowCount)
        var bytes: [UInt8] = []
        for row in 0..<rowCount {
            var isFirst = true
            for output in outputs {
                let length = Self.rowCount(of: output)
                for element in row * length..<(row + 1) * length {
                    if !isFirst { bytes.append(UInt8(ascii: ",")) }
                    isFirst = false
                    appendCell(output, element, to: &bytes)
                }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private func checkRows(_ rowCount: Int) throws(ServingError) {
        for output in outputs where output.extents.first != rowCount {
            throw ServingError(
                .output,
                at: .item("output", output.name),
                "the output has shape \(output.extents), expected \(rowCount) rows as the request",
                hint: "whole tensors, `inputs`, are answered by whole tensors"
            )
        }
    }

    private func writeNamed(to writer: inout JSONWriter, _ write: (Output, inout JSONWriter) -> Void) {
        if outputs.count == 1 { return write(outputs[0], &writer) }
        writer.append("{")
        for (index, output) in outputs.enumerated() {
            if index > 0 { writer.append(",") }
            writer.write(output.name)
            writer.append(":")
            write(output, &writer)
        }
        writer.append("}")
    }

    /// How many elements a row of an output has.
    private static func rowCount(of output: Output) -> Int { output.extents.dropFirst().reduce(1, *) }

    private static func write(_ output: Output, axis: Int, from start: Int, to writer: inout JSONWriter) {
        guard axis < output.extents.count else { return output.write(start, &writer) }
        let length = output.extents[(axis + 1)...].reduce(1, *)
        writer.append("[")
        for index in 0..<output.extents[axis] {
            if index > 0 { writer.append(",") }
            write(output, axis: axis + 1, from: start + index * length, to: &writer)
        }
        writer.append("]")
    }

    private func appendCell(_ output: Output, _ element: Int, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        output.write(element, &writer)
        guard case .string(let text)? = try? JSONValue.parse(writer.bytes) else {
            bytes += writer.bytes
            return
        }
        let isPlain = text.utf8.allSatisfy { byte in !",\"\r\n".utf8.contains(byte) }
        bytes += Array(
            (isPlain
                ? text
                : "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"")
                .utf8
        )
    }
}

/// Appends the element at a position to a JSON text.
private typealias ElementWriter = (Int, inout JSONWriter) -> Void

/// What writes the elements of a tensor; what is not finite becomes a string, as everywhere.
private func elementWriter(_ tensor: Tensor) throws(ServingError) -> ElementWriter {
    do throws(TensorError) {
        switch tensor.elementType {
        case .float: return try writer(tensor, Float.self) { $1.write($0) }
        case .double: return try writer(tensor, Double.self) { $1.write($0) }
        case .float16: return try writer(tensor, Float16.self) { $1.write(Float($0)) }
        case .bfloat16: return try writer(tensor, BFloat16.self) { $1.write(Float($0)) }
        case .int8: return try writer(tensor, Int8.self) { $1.write(Int64($0)) }
        case .int16: return try writer(tensor, Int16.self) { $1.write(Int64($0)) }
        case .int32: return try writer(tensor, Int32.self) { $1.write(Int64($0)) }
        case .int64: return try writer(tensor, Int64.self) { $1.write($0) }
        case .uint8: return try writer(tensor, UInt8.self) { $1.write(UInt64($0)) }
        case .uint16: return try writer(tensor, UInt16.self) { $1.write(UInt64($0)) }
        case .uint32: return try writer(tensor, UInt32.self) { $1.write(UInt64($0)) }
        case .uint64: return try writer(tensor, UInt64.self) { $1.write($0) }
        case .bool: return try writer(tensor, Bool.self) { $1.write($0) }
        case .string:
            let strings = tensor.strings ?? []
            return { $1.write(strings[$0]) }
        default: break
        }
    } catch {
        throw ServingError(.resources, error.message)
    }
    throw ServingError(.unsupported, "elements of type `\(tensor.elementType.name)` have no form in JSON")
}

private func writer<Element: TensorElement>(
    _ tensor: Tensor,
    _ type: Element.Type,
    _ write: @escaping (Element, inout JSONWriter) -> Void
) throws(TensorError) -> ElementWriter {
    let elements = try tensor.elements(as: type)
    return { write(elements[$0], &$1) }
}
