import Diagnostics
import ServingClient
import ServingCore
import ServingGRPC
import Tensors
import Testing

/// The forms in which requests are sent and answers come.
@Suite struct InferenceFormTests {
    private func call(isBinary: Bool) throws -> InferenceCall {
        let floats = try Tensor([1.5, -2] as [Float], shape: Shape([1, 2]))
        let texts = try Tensor(strings: ["é", ""], shape: .vector(2))
        let inputs = [NamedTensor(name: "x", tensor: floats), NamedTensor(name: "t", tensor: texts)]
        var call = InferenceCall(model: "m", inputs: inputs, isBinary: isBinary)
        call.id = "7"
        call.outputs = ["y"]
        return call
    }

    @Test func `JSON holds the elements`() throws {
        let body = try inferBody(call(isBinary: false))
        #expect(
            String(decoding: body.bytes, as: UTF8.self) == """
                {"id":"7","inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1.5,-2.0]},\
                {"name":"t","datatype":"BYTES","shape":[2],"data":["é",""]}],"outputs":[{"name":"y"}]}
                """
        )
        #expect(body.headers.map(\.name) == ["content-type"])
    }

    @Test func `bytes stand behind the JSON`() throws {
        let body = try inferBody(call(isBinary: true))
        let json = """
            {"id":"7","parameters":{"binary_data_output":true},"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],\
            "parameters":{"binary_data_size":8}},{"name":"t","datatype":"BYTES","shape":[2],\
            "parameters":{"binary_data_size":10}}],"outputs":[{"name":"y"}]}
            """
        let bytes: [UInt8] = [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 2, 0, 0, 0, 0xC3, 0xA9, 0, 0, 0, 0]
        #expect(body.bytes == Array(json.utf8) + bytes)
        #expect(body.headers.contains { $0 == ("inference-header-content-length", "\(json.utf8.count)") })
    }

    @Test func `half precision has no form in JSON`() throws {
        let half = NamedTensor(name: "h", tensor: try Tensor([1] as [Float16]))
        let error = #expect(throws: ClientError.self) {
            try inferBody(InferenceCall(model: "m", inputs: [half], isBinary: false))
        }
        #expect(
            error?.description
                == "input `h`: the datatype `FP16` has no form in JSON, expected tensors as bytes"
        )
    }

    private func answer(_ text: String, _ bytes: [UInt8] = [], length: String? = nil) throws -> InferenceAnswer {
        let headers =
            bytes.isEmpty && length == nil
            ? [] : [(name: "inference-header-content-length", value: length ?? "\(text.utf8.count)")]
        return try inferenceAnswer(HTTPAnswer(status: 200, headers: headers, body: Array(text.utf8) + bytes))
    }

    @Test func `an answer in JSON and bytes is read`() throws {
        let read = try answer(
            """
            {"model_name":"m","model_version":"2","parameters":null,"outputs":[{"name":"a","datatype":"FP32","shape":[2],\
            "data":[NaN,"-Infinity"]},{"name":"b","datatype":"INT8","shape":[2],"parameters":{"binary_data_size":2}}]}
            """,
            [1, 0xFF]
        )
        #expect(read.modelName == "m" && read.modelVersion == "2")
        let floats = try read.outputs[0].tensor.elements(as: Float.self)
        #expect(floats[0].isNaN && floats[1] == -.infinity)
        #expect(try read.outputs[1].tensor.elements(as: Int8.self) == [1, -1])
    }

    @Test(arguments: [
        ("{\"outputs\":[", nil), ("{}", nil), ("[]", nil), ("{\"outputs\":[{\"name\":\"a\"}]}", nil),
        ("{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1]}]}", nil),
        ("{\"outputs\":[]}", "99"), ("{\"outputs\":[]}", "-1"), ("{\"outputs\":[]}", "x"), ("{\"outputs\":[]}", "9"),
        (
            "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"INT8\",\"shape\":[2],\"parameters\":{\"binary_data_size\":2}}]}",
            nil
        ),
        ("{\"outputs\":[{\"name\":\"a\",\"datatype\":\"INT8\",\"shape\":[9223372036854775807,9],\"data\":[]}]}", nil),
    ])
    func `a wrong answer is an error`(text: String, length: String?) {
        #expect(throws: ClientError.self) { try answer(text, length: length) }
    }

    @Test func `an answer cut off anywhere is an error`() throws {
        let text = "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"INT32\",\"shape\":[3],\"data\":[1,-2,3]}]}"
        _ = try answer(text)
        for count in 0..<text.utf8.count {
            #expect(throws: ClientError.self) { try answer(String(decoding: text.utf8.prefix(count), as: UTF8.self)) }
        }
        let message = message { writer in
            writer.write(5) { output in
                output.write(1, "a")
                output.write(2, "INT8")
                output.write(3, packed: [2])
            }
            writer.write(6, bytes: [1, 2])
        }
        #expect(try inferenceAnswer(message).outputs[0].tensor.elements(as: Int8.self) == [1, 2])
        for count in 1..<message.count {
            #expect(throws: ClientError.self) { try inferenceAnswer(Array(message.prefix(count))) }
        }
    }

    @Test func `empty contents beside raw ones are passed over`() throws {
        let message = message { writer in
            writer.write(5) { output in
                output.write(1, "a")
                output.write(2, "INT8")
                output.write(3, packed: [1])
                output.write(5) { _ in }
            }
            writer.write(6, bytes: [9])
        }
        #expect(try inferenceAnswer(message).outputs[0].tensor.elements(as: Int8.self) == [9])
    }

    @Test func `typed contents of an answer over gRPC are read`() throws {
        let message = message { writer in
            writer.write(1, "m")
            writer.write(5) { output in
                output.write(1, "a")
                output.write(2, "INT64")
                output.write(3, packed: [2])
                output.write(5) { $0.write(3, packed: [7, -1]) }
            }
        }
        #expect(try inferenceAnswer(message).outputs[0].tensor.elements(as: Int64.self) == [7, -1])
    }
}
