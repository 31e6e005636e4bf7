import Diagnostics
import ServingCore
import TestSupport
import Tensors
import Testing

@Suite struct ServedModelTests {
    private let model: ServedModel

    init() throws {
        model = try ServedModel.load(path: fixturePath("models/linear.onnx"), name: "linear", version: "1")
    }

    private func x(_ shape: [Int], name: String = "X") throws -> NamedTensor {
        let shape = try #require(Shape(shape))
        return NamedTensor(
            name: name,
            tensor: try Tensor((0..<shape.elementCount).map { Float($0) }, shape: shape)
        )
    }

    private func error(_ request: InferenceRequest) -> String? {
        do throws(ServingError) {
            _ = try model.infer(request)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `the metadata are the model's`() {
        #expect(model.inputs.map(\.name) == ["X"])
        #expect(model.inputs.map(\.datatype) == [.fp32])
        #expect(model.inputs.map(\.wireShape) == [[-1, 4]])
        #expect(model.outputs.map(\.name) == ["Y", "S"])
        #expect(model.outputs.map(\.wireShape) == [[-1, 3], [-1, 4]])
    }

    @Test func `outputs come in the model's order, or in that of the request`() throws {
        let all = try model.infer(InferenceRequest(inputs: [try x([2, 4])]))
        #expect(all.outputs.map(\.name) == ["Y", "S"])
        #expect(
            try all.outputs[0].tensor.elements(as: Float.self).map { ($0 * 10).rounded() } == [
                52, 68, 84, 124, 156, 188,
            ]
        )
        let chosen = try model.infer(InferenceRequest(inputs: [try x([1, 4])], outputs: ["S", "Y"]))
        #expect(chosen.outputs.map(\.name) == ["S", "Y"])
    }

    @Test func `inputs and outputs that do not fit are refused by name`() throws {
        let good = try x([1, 4])
        let double = NamedTensor(name: "X", tensor: try Tensor([1.0, 2, 3, 4]))
        #expect(error(InferenceRequest(inputs: [])) == "not all inputs are given, expected also `X`")
        #expect(error(InferenceRequest(inputs: [good, good])) == "input `X`: the input is given twice")
        #expect(
            error(InferenceRequest(inputs: [try x([1, 4], name: "Z")])) == "the model has no input `Z`, expected `X`"
        )
        #expect(
            error(InferenceRequest(inputs: [double])) == "input `X`: the datatype is wrong, expected `FP32`, got `FP64`"
        )
        #expect(
            error(InferenceRequest(inputs: [try x([1, 5])]))
                == "input `X`: the shape is wrong, expected [-1, 4], got [1, 5]"
        )
        #expect(
            error(InferenceRequest(inputs: [try x([4])])) == "input `X`: the shape is wrong, expected [-1, 4], got [4]"
        )
        #expect(
            error(InferenceRequest(inputs: [good], outputs: ["T"])) == "the model has no output `T`, expected `Y`, `S`"
        )
        #expect(
            error(InferenceRequest(inputs: [good], outputs: ["Y", "Y"])) == "output `Y`: the output is asked for twice"
        )
    }

    @Test func `a model whose outputs the protocol cannot carry is not served`() {
        let path = fixturePath("unserved/map.onnx")
        #expect {
            try ServedModel.load(path: path, name: "map", version: "1")
        } throws: {
            "\($0)"
                == "`\(path)`: output `Z`: type `seq(map(int64, tensor(float)[]))` is not served, expected a tensor of "
                + "bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float, double, bfloat16, string"
        }
    }

    @Test func `a file that is no model is named`() {
        let path = fixturePath("models/make.py")
        #expect {
            try ServedModel.load(path: path, name: "x", version: "1")
        } throws: {
            "\($0)".hasPrefix("`\(path)`: ")
        }
    }
}
