import Diagnostics
import ServingClient
import ServingCore
import Tensors
import Testing

/// A server of one model, which gives back what it gets.
private final class Echo: InferenceClient {
    private(set) var rowCounts: [Int] = []

    func serverMetadata() throws(ClientError) -> ServerMetadata { ServerMetadata() }

    func modelMetadata(_ name: String, version: String?) throws(ClientError) -> ModelMetadata {
        throw ClientError(.notFound, "there is none")
    }

    func infer(_ call: InferenceCall) throws(ClientError) -> InferenceAnswer {
        rowCounts.append(call.inputs[0].tensor.shape[0])
        var answer = InferenceAnswer()
        answer.outputs = call.inputs
        return answer
    }
}

@Suite struct PredictTests {
    private func call(_ rowCount: Int) throws -> InferenceCall {
        let numbers = try Tensor((0..<Int32(rowCount * 3)).map { $0 }, shape: Shape([rowCount, 3]))
        let texts = try Tensor(strings: (0..<rowCount).map { "\($0)" }, shape: .vector(rowCount))
        let inputs = [NamedTensor(name: "n", tensor: numbers), NamedTensor(name: "t", tensor: texts)]
        return InferenceCall(model: "m", inputs: inputs, isBinary: true)
    }

    @Test(arguments: [(7, 3, [3, 3, 1]), (4, 4, [4]), (2, 100, [2]), (3, 1, [1, 1, 1])])
    func `rows go in parts, and come back whole`(rowCount: Int, part: Int, counts: [Int]) throws {
        let echo = Echo()
        var shown: [Int] = []
        let call = try call(rowCount)
        let outputs = try predict(echo, call, rowsPerRequest: part) { done, _ in shown.append(done) }
        #expect(echo.rowCounts == counts)
        #expect(shown.last == rowCount)
        #expect(outputs[0].tensor.shape == call.inputs[0].tensor.shape)
        #expect(try outputs[0].tensor.elements(as: Int32.self) == call.inputs[0].tensor.elements(as: Int32.self))
        #expect(outputs[1].tensor.strings == call.inputs[1].tensor.strings)
    }

    @Test func `inputs without common rows are refused`() throws {
        var call = try call(2)
        call.inputs.append(NamedTensor(name: "s", tensor: try Tensor([1] as [Float], shape: .scalar)))
        #expect(throws: ClientError.self) { try predict(Echo(), call, rowsPerRequest: 1) }
    }

    @Test func `rows that are not there are refused`() throws {
        let tensor = try Tensor([1, 2] as [Float])
        #expect(throws: ClientError.self) { try rows(1..<3, of: tensor) }
        #expect(throws: ClientError.self) { try rows(0..<1, of: Tensor([1] as [Float], shape: .scalar)) }
        #expect(throws: ClientError.self) { try joined([tensor, Tensor([1] as [Double])]) }
    }

    @Test(
        arguments: [
            ("x", "FP32", [-1, 2], nil), ("x", "FP32", [-1], nil),
            ("x", "INT32", [-1, 2], "input `x`: the datatype is `FP32`, expected `INT32`"),
            ("x", "FP32", [-1, 3], "input `x`: the shape is [1, 2], expected [-1, 3]"),
            ("z", "FP32", [-1, 2], "the model has no input `x`, expected `z`"),
        ] as [(String, String, [Int], String?)]
    )
    func `values are held against what the model says`(
        name: String,
        datatype: String,
        shape: [Int],
        words: String?
    ) throws {
        let value = NamedTensor(name: "x", tensor: try Tensor([1, 2] as [Float], shape: Shape([1, 2])))
        let metadata = ModelMetadata(inputs: [ModelMetadata.Tensor(name: name, datatype: datatype, shape: shape)])
        do throws(ClientError) {
            try metadata.check([value])
            #expect(words == nil)
        } catch {
            #expect(error.description == words)
        }
    }
}
