import Diagnostics
import InferenceEngine
import OnnxIR
import Quantization
import TestSupport
import Tensors
import Testing

@Suite struct QuantizeTests {
    @Test func `products and convolutions become numbers of 8 bits`() throws {
        let model = try Self.network()
        let (quantized, report) = try quantize(model, with: try Self.calibration(of: model))
        let operators = quantized.graph.nodes.map(\.opType)
        let around = ["QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "DequantizeLinear"]
        #expect(operators == around + ["Conv", "Relu", "Flatten"] + around + ["Gemm"])
        let types = Dictionary(
            uniqueKeysWithValues: quantized.graph.initializers.map { ($0.name, $0.tensor) }
        )
        #expect(types["w"] == nil && types["b"] == nil && types["v"] == nil)
        #expect(types["w_quantized"]?.elementType == .int8)
        #expect(types["w_scale"]?.shape == .vector(8))
        #expect(types["b_quantized"]?.elementType == .int32)
        #expect(types["x_zero_point"]?.elementType == .uint8)
        #expect(report.layers.map(\.name) == ["c", "g"])
        for row in report.layers {
            let error = try #require(row.deviation.relativeError)
            #expect(error > 0 && error < 0.03)
        }
        let output = try #require(report.outputs.first)
        #expect(output.name == "y")
        #expect(try #require(output.deviation.relativeError) < 0.05)
        #expect(try #require(output.deviation.cosine) > 0.999)
    }

    @Test func `the written model gives what the report says`() throws {
        let model = try Self.network()
        let x = try Self.noise([4, 3, 6, 6], seed: 9)
        let calibration = try Calibration([["x": .tensor(x)]], for: model.graph.inputs)
        let (quantized, report) = try quantize(model, with: calibration, engine: .reference)
        let own = try Self.run(quantized, x)
        let expected = try Self.run(model, x)
        let greatest = zip(own, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(Double(greatest) == report.outputs.first?.deviation.greatestDifference)
    }

    @Test func `what is excluded stays in floats`() throws {
        let model = try Self.network()
        var options = QuantizationOptions()
        options.excluded = ["g"]
        let (quantized, report) = try quantize(model, with: try Self.calibration(of: model), options)
        #expect(report.layers.map(\.name) == ["c"])
        #expect(quantized.graph.initializers.contains { $0.name == "v" })
        options.excluded = []
        options.operators = [.gemm]
        let gemm = try quantize(model, with: try Self.calibration(of: model), options)
        #expect(gemm.report.layers.map(\.name) == ["g"])
    }

    @Test func `before opset 13 there is one scale for all channels`() throws {
        let model = try Self.network(opset: 11)
        let quantized = try quantize(model, with: try Self.calibration(of: model)).model
        let scale = quantized.graph.initializers.first { $0.name == "w_scale" }
        #expect(scale?.tensor.shape == .scalar)
        #expect(quantized.graph.nodes.allSatisfy { $0.opType != "DequantizeLinear" || $0.attributes.isEmpty })
    }

    @Test func `weights and activations that layers share are quantised once`() throws {
        var graph = Graph(
            name: "g",
            inputs: [ValueInfo(name: "x", type: .tensor(.float, ["n", 4]))],
            outputs: [ValueInfo(name: "y", type: nil), ValueInfo(name: "z", type: nil)],
            nodes: [
                Node("MatMul", name: "first", inputs: ["x", "w"], outputs: ["y"]),
                Node("MatMul", name: "second", inputs: ["x", "w"], outputs: ["z"]),
            ]
        )
        graph.initializers = [OnnxTensor(name: "w", tensor: try Self.noise([4, 3], seed: 1))]
        let model = Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
        let calibration = try Calibration([["x": .tensor(try Self.noise([5, 4], seed: 2))]], for: graph.inputs)
        let quantized = try quantize(model, with: calibration).model
        #expect(
            quantized.graph.nodes.map(\.opType)
                == ["QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "MatMul", "MatMul"]
        )
    }

    @Test func `a percentile clips what lies far out`() throws {
        let model = try Self.network()
        var x = try Self.noise([32, 3, 6, 6], seed: 3).elements(as: Float.self)
        x[5] = 1000
        let values: [String: Value] = ["x": .tensor(try Tensor(x, shape: Shape([32, 3, 6, 6])))]
        let calibration = try Calibration([values], for: model.graph.inputs)
        var options = QuantizationOptions()
        let whole = try Self.scale(try quantize(model, with: calibration, options).model)
        options.percentile = 99.9
        let clipped = try Self.scale(try quantize(model, with: calibration, options).model)
        #expect(whole > 3.9 && clipped < 0.5)
    }

    @Test func `a bias that would not fit keeps its value`() throws {
        var model = try Self.network()
        let bias = [Float](repeating: 1e6, count: 8)
        model.graph.initializers = try model.graph.initializers.map {
            switch $0.name {
            case "b": OnnxTensor(name: "b", tensor: try Tensor(bias))
            case "w":
                OnnxTensor(
                    name: "w",
                    tensor: try Tensor([Float](repeating: 1e-6, count: 8 * 27), shape: Shape([8, 3, 3, 3]))
                )
            default: $0
            }
        }
        let report = try quantize(model, with: try Self.calibration(of: model)).report
        #expect(try #require(report.layers[0].deviation.relativeError) < 1e-5)
    }

    @Test func `models without anything to quantise are refused`() throws {
        var model = try Self.network()
        model.graph.nodes = [Node("Relu", name: "r", inputs: ["x"], outputs: ["y"])]
        expectError("the model's graph has no Conv, Gemm, MatMul with constant weights of floats", of: model)
        expectError(
            "the model has opset 9 of ai.onnx, expected 10 or later, which has QuantizeLinear",
            of: try Self.network(opset: 9)
        )
    }

    @Test func `values that are not finite are refused`() throws {
        let model = try Self.network()
        var x = [Float](repeating: 1, count: 3 * 36)
        x[7] = .nan
        let values: [String: Value] = ["x": .tensor(try Tensor(x, shape: Shape([1, 3, 6, 6])))]
        let calibration = try Calibration([values], for: model.graph.inputs)
        let error = #expect(throws: QuantizationError.self) { _ = try quantize(model, with: calibration) }
        #expect(error?.description == "value `j` is not finite in the calibration data")
    }

    @Test func `weights that are not finite are refused`() throws {
        var model = try Self.network()
        let bias = try Tensor([1, 2, .nan, 4, 5] as [Float])
        model.graph.initializers = model.graph.initializers.map {
            $0.name == "d" ? OnnxTensor(name: "d", tensor: bias) : $0
        }
        expectError("the weights or the bias of layer `g` are not finite", of: model)
    }

    @Test func `nothing gets the name of a node`() throws {
        var model = try Self.network()
        model.graph.nodes[1].name = "x_quantized"
        let quantized = try quantize(model, with: try Self.calibration(of: model)).model
        let names = quantized.graph.nodes.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `before IR version 4, initializers are inputs no more`() throws {
        var model = try Self.network(opset: 11)
        model.irVersion = 3
        model.graph.inputs += model.graph.initializers.map {
            ValueInfo(name: $0.name, type: .tensor(.float, shape: $0.tensor.shape.dimensions.map { .fixed($0) }))
        }
        let quantized = try quantize(model, with: try Self.calibration(of: model)).model
        #expect(quantized.irVersion == 4)
        #expect(quantized.graph.inputs.map(\.name) == ["x"])
    }

    @Test func `a reduced range keeps weights to 7 bits`() throws {
        let model = try Self.network()
        var options = QuantizationOptions()
        options.reducesRange = true
        let quantized = try quantize(model, with: try Self.calibration(of: model), options).model
        let numbers = try #require(quantized.graph.initializers.first { $0.name == "w_quantized" })
        #expect(try numbers.tensor.elements(as: Int8.self).map { abs(Int($0)) }.max() == 63)
    }

    @Test func `what is not finite is not called equal`() throws {
        var model = try Self.network()
        model.graph.nodes.append(Node("Log", name: "l", inputs: ["y"], outputs: ["z"]))
        model.graph.outputs = [ValueInfo(name: "z", type: nil)]
        let report = try quantize(model, with: try Self.calibration(of: model)).report
        #expect(try #require(report.outputs.first?.deviation.relativeError) > 0)
    }

    @Test func `an excluded name that no layer has is refused`() throws {
        let model = try Self.network()
        var options = QuantizationOptions()
        options.excluded = ["h"]
        let error = #expect(throws: QuantizationError.self) {
            _ = try quantize(model, with: try Self.calibration(of: model), options)
        }
        #expect(error?.description == "no layer is named `h`")
    }

    @Test func `rows are cut as the model takes them`() throws {
        let rows = try Self.noise([70, 2], seed: 1)
        func batches(_ first: Dimension) throws -> [Int] {
            let input = ValueInfo(name: "x", type: .tensor(.float, [first, 2]))
            let calibration = try Calibration([["x": .tensor(rows)]], for: [input])
            return calibration.batches.compactMap { $0["x"]?.tensor?.shape[0] }
        }
        #expect(try batches("n") == [32, 32, 6])
        #expect(try batches(35) == [35, 35])
        let error = #expect(throws: QuantizationError.self) { _ = try batches(3) }
        #expect(error?.description == "there are 70 rows, the model takes 3 at a time")
    }

    // MARK: What is tested

    /// A convolution, an activation, and a product.
    private static func network(opset: Int64 = 17) throws -> Model {
        var graph = Graph(
            name: "network",
            inputs: [ValueInfo(name: "x", type: .tensor(.float, ["n", 3, 6, 6]))],
            outputs: [ValueInfo(name: "y", type: .tensor(.float, ["n", 5]))],
            nodes: [
                Node("Conv", name: "c", inputs: ["x", "w", "b"], outputs: ["h"]),
                Node("Relu", name: "r", inputs: ["h"], outputs: ["i"]),
                Node("Flatten", name: "f", inputs: ["i"], outputs: ["j"]),
                Node("Gemm", name: "g", inputs: ["j", "v", "d"], outputs: ["y"]),
            ]
        )
        graph.initializers = [
            OnnxTensor(name: "w", tensor: try noise([8, 3, 3, 3], seed: 4)),
            OnnxTensor(name: "b", tensor: try noise([8], seed: 5)),
            OnnxTensor(name: "v", tensor: try noise([128, 5], seed: 6)),
            OnnxTensor(name: "d", tensor: try noise([5], seed: 7)),
        ]
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: opset)], graph: graph)
    }

    private static func calibration(of model: Model) throws -> Calibration {
        try Calibration([["x": .tensor(try noise([40, 3, 6, 6], seed: 8))]], for: model.graph.inputs)
    }

    private static func noise(_ extents: [Int], seed: UInt64) throws -> Tensor {
        var random = SeededRandom(seed: seed)
        let elements = (0..<extents.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &random) }
        return try Tensor(elements, shape: Shape(extents))
    }

    private static func run(_ model: Model, _ x: Tensor) throws -> [Float] {
        let session = try InferenceSession(model, options: .reference)
        return try session.run(["x": .tensor(x)])["y"]?.tensor?.elements(as: Float.self) ?? []
    }

    private static func scale(_ model: Model) throws -> Float {
        let tensor = try #require(model.graph.initializers.first { $0.name == "x_scale" })
        return try tensor.tensor.elements(as: Float.self)[0]
    }

    private func expectError(_ message: String, of model: Model) {
        let error = #expect(throws: QuantizationError.self) {
            _ = try quantize(model, with: try Self.calibration(of: model))
        }
        #expect(error?.description == message)
    }
}
