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
        /// The elements when they are strings.
        let strings: [String]?
    }

    private let outputs: [Output]

    init(_ response: InferenceResponse) throws(ServingError) {
        var outputs: [Output] = []
        for output in response.outputs {
            let tensor = output.tensor
            let write = try locating(.item("output", output.name)) { () throws(ServingError) in
                try Self.checkArrays(tensor.shape.dimensions)
                return try elementWriter(tensor)
            }
            outputs.append(
                Output(name: output.name, extents: tensor.shape.dimensions, write: write, strings: tensor.strings)
            )
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

    /// Makes sure that a tensor without elements does not become more empty arrays than one would send.
    private static func checkArrays(_ extents: [Int]) throws(ServingError) {
        var count = 1
        for extent in extents.prefix(while: { $0 > 0 }) where extents.contains(0) {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= emptyArrayLimit else {
                throw ServingError(
                    .output,
                    "the output has shape \(extents), expected at most \(emptyArrayLimit) arrays without elements"
                )
            }
            count = product
        }
    }

    /// The most arrays without elements in an answer.
    private static let emptyArrayLimit = 1 << 20

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

    /// How many elements a row of an output has; the product of extents around an empty one may wrap, and counts nothing.
    private static func rowCount(of output: Output) -> Int { output.extents.dropFirst().reduce(1, &*) }

    private static func write(_ output: Output, axis: Int, from start: Int, to writer: inout JSONWriter) {
        guard axis < output.extents.count else { return output.write(start, &writer) }
        let length = output.extents[(axis + 1)...].reduce(1, &*)
        writer.append("[")
        for index in 0..<output.extents[axis] {
            if index > 0 { writer.append(",") }
            write(output, axis: axis + 1, from: start + index * length, to: &writer)
        }
        writer.append("]")
    }

    private func appendCell(_ output: Output, _ element: Int, to bytes: inout [UInt8]) {
        guard let text = output.strings?[element] else {
            var writer = JSONWriter()
            output.write(element, &writer)
            // What is not finite has quotes in JSON.
            bytes += writer.bytes.filter { $0 != UInt8(ascii: "\"") }
            return
        }
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else {
            bytes += text.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
