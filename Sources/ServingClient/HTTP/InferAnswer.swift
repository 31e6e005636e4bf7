import Diagnostics
import JSON
import ServingCore
import ServingHTTP

/// The answer to a request for inference: JSON, and behind it the bytes of outputs.
///
/// `NaN` and the infinities are read both as strings and as the bare words that Triton writes.
///
/// *Source*: Open Inference Protocol, Inference Response JSON Object; Triton, Binary Tensor Data Extension.
/// *Throws*: `answer` for one of another form.
package func inferenceAnswer(_ answer: HTTPAnswer) throws(ClientError) -> InferenceAnswer {
    var length = answer.body.count
    if let text = answer.header("inference-header-content-length") {
        guard let value = Int(text), 0...answer.body.count ~= value else {
            throw ClientError(
                .answer,
                "the header `inference-header-content-length` is out of range, expected 0 to \(length), got `\(text)`"
            )
        }
        length = value
    }
    do throws(JSONError) {
        let limits = JSONLimits(depth: 64, acceptsNonFiniteLiterals: true, acceptsNonFiniteStrings: true)
        let json = length == answer.body.count ? answer.body : Array(answer.body[..<length])
        var cursor = try JSONCursor(json, limits: limits)
        var binary = BinarySection(bytes: answer.body[length...])
        let result = try read(&cursor, &binary)
        try cursor.finish()
        try binary.finish()
        return result
    } catch {
        throw ClientError(.answer, at: error.place, error.message)
    }
}

private func read(_ cursor: inout JSONCursor, _ binary: inout BinarySection) throws(JSONError) -> InferenceAnswer {
    var answer = InferenceAnswer()
    var hasOutputs = false
    let start = cursor
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
        switch (key, try cursor.peek()) {
        case ("model_name", .string): answer.modelName = try cursor.readString()
        case ("model_version", .string): answer.modelVersion = try cursor.readString()
        case ("id", .string): answer.id = try cursor.readString()
        case ("outputs", _):
            hasOutputs = true
            try cursor.enterArray()
            while try cursor.nextElement() { answer.outputs.append(try readTensor(&cursor, &binary, as: "output")) }
        default: try cursor.skip()
        }
    }
    guard hasOutputs else { throw start.error(.type, "the answer has no `outputs`") }
    return answer
}
