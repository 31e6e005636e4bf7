import Diagnostics
package import ServingCore
import Tensors

/// Asks a model for its outputs, some rows at a time.
///
/// *Parameter* rowsPerRequest: how many rows go in a request; all in one when `nil`.
/// *Parameter* progress: gets the rows that are done, and how many there are.
/// *Throws*: `input` for inputs that have no rows in common, and what asking throws.
package func predict(
    _ client: any InferenceClient,
    _ call: InferenceCall,
    rowsPerRequest: Int?,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
) throws(ClientError) -> [NamedTensor] {
    guard let rowsPerRequest else { return try client.infer(call).outputs }
    let counts = call.inputs.map { $0.tensor.shape.dimensions.first }
    guard let first = counts.first, let rowCount = first, counts.allSatisfy({ $0 == rowCount }), rowCount > 0 else {
        let shapes = call.inputs.map { "`\($0.name)` \($0.tensor.shape)" }.joined(separator: ", ")
        throw ClientError(.input, "the inputs have no rows in common, expected one first extent, got \(shapes)")
    }
    var parts: [[NamedTensor]] = []
    for start in stride(from: 0, to: rowCount, by: rowsPerRequest) {
        let range = start..<start + min(rowsPerRequest, rowCount - start)
        var part = call
        part.inputs = []
        for input in call.inputs {
            part.inputs.append(NamedTensor(name: input.name, tensor: try rows(range, of: input.tensor)))
        }
        let outputs = try locating(.item("rows", "\(range.lowerBound + 1)-\(range.upperBound)")) {
            () throws(ClientError) in try client.infer(part).outputs
        }
        try check(outputs, rowCount: range.count)
        parts.append(outputs)
        progress(range.upperBound, rowCount)
    }
    return try joined(parts)
}

private func check(_ outputs: [NamedTensor], rowCount: Int) throws(ClientError) {
    for output in outputs where output.tensor.shape.dimensions.first != rowCount {
        throw ClientError(
            .answer,
            at: .item("output", output.name),
            "the shape is \(output.tensor.shape), expected a first extent of \(rowCount), as of the rows that were sent",
            hint: "send all rows in one request"
        )
    }
}

private func joined(_ parts: [[NamedTensor]]) throws(ClientError) -> [NamedTensor] {
    var outputs: [NamedTensor] = []
    for (index, output) in (parts.first ?? []).enumerated() {
        let tensors = parts.compactMap { $0.indices.contains(index) && $0[index].name == output.name ? $0[index] : nil }
        guard tensors.count == parts.count else {
            throw ClientError(.answer, at: .item("output", output.name), "the output is not in the answer to all rows")
        }
        outputs.append(NamedTensor(name: output.name, tensor: try joined(tensors.map(\.tensor))))
    }
    return outputs
}
