import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct PrecisionTests {
    /// Two layers: a product with bias, activation and residual, and one with transposed weights.
    private static func model(inner: Int, columns: Int) throws -> Model {
        OnnxModel.layers(
            weights: try Tensor.noise([inner, columns], seed: 2),
            bias: try Tensor.noise([columns], seed: 3),
            transposed: try Tensor.noise([inner, columns], seed: 4)
        )
    }

    private enum OnnxModel {
        static func layers(weights: Tensor, bias: Tensor, transposed: Tensor) -> Model {
            InferenceEngineTests.model(
                [
                    Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["h"]),
                    Node("Add", name: "a", inputs: ["h", "b"], outputs: ["i"]),
                    Node("Relu", name: "r", inputs: ["i"], outputs: ["j"]),
                    Node(
                        "Gemm",
                        name: "g",
                        inputs: ["j", "v"],
                        outputs: ["k"],
                        attributes: [Attribute("transB", .int(1))]
                    ),
                    Node("Add", name: "s", inputs: ["k", "x"], outputs: ["y"]),
                ],
                inputs: ["x"],
                outputs: ["y"],
                initializers: ["w": weights, "b": bias, "v": transposed]
            )
        }
    }

    private static func run(_ model: Model, _ x: Tensor, _ precision: Precision) throws -> (Tensor, [String]) {
        var options = InferenceOptions.default
        options.precision = precision
        let session = try InferenceSession(model, options: options)
        let profile = RunProfile()
        let result = try #require(try session.run(["x": .tensor(x)], profile: profile)["y"]?.tensor)
        return (result, profile.events.map(\.label))
    }

    private static func difference(_ own: Tensor, _ other: Tensor) throws -> Float {
        let pairs = Array(zip(try own.elements(as: Float.self), try other.elements(as: Float.self)))
        let largest = pairs.map { abs($1) }.max() ?? 0
        return (pairs.map { abs($0 - $1) }.max() ?? 0) / largest
    }

    @Test(arguments: [(Precision.fp32, Float(1e-5)), (.bf16, 5e-3), (.int8, 2e-2)])
    func `products are computed in the precision that is asked for`(_ precision: Precision, _ bound: Float) throws {
        let model = try Self.model(inner: 64, columns: 48)
        for rows in [2, 7, 33] {
            let x = try Tensor.noise([rows, 64], seed: 5)
            let reference = try #require(
                try InferenceSession(model, options: .reference).run(["x": .tensor(x)])["y"]?.tensor
            )
            let (result, kernels) = try Self.run(model, x, precision)
            let difference = try Self.difference(result, reference)
            #expect(difference <= bound, "\(rows) rows")
            let names = [Precision.fp32: "gemm", .bf16: "gemm bf16", .int8: "gemm int8"]
            let name = try #require(names[precision])
            #expect(kernels == ["\(name) \(rows)×64×48 + bias + relu", "\(name) \(rows)×48×64 + residual"])
            if precision != .fp32 { #expect(difference > 1e-5) }
        }
    }

    @Test(arguments: Precision.allCases) func `small products stay as they are`(_ precision: Precision) throws {
        let model = try Self.model(inner: 8, columns: 12)
        let x = try Tensor.noise([3, 8], seed: 5)
        let (result, kernels) = try Self.run(model, x, precision)
        let reference = try #require(
            try InferenceSession(model, options: .reference).run(["x": .tensor(x)])["y"]?.tensor
        )
        #expect(try Self.difference(result, reference) <= 1e-5)
        #expect(kernels == ["gemm 3×8×12 + bias + relu", "gemm 3×12×8 + residual"])
    }

    @Test func `what is no number in a row makes the row's products none`() throws {
        let model = InferenceEngineTests.model(
            [Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            initializers: ["w": try Tensor.noise([64, 48], seed: 2)]
        )
        var elements = try Tensor.noise([3, 64], seed: 1).elements(as: Float.self)
        (elements[5], elements[130]) = (.nan, .infinity)
        let result = try Self.run(model, try floats(elements, [3, 64]), .int8).0.elements(as: Float.self)
        for (place, element) in result.enumerated() { #expect(element.isNaN == (place / 48 != 1)) }
    }

    @Test func `rows of zeros and columns of zeros are zeros`() throws {
        var weights = [Float](repeating: 0, count: 64 * 48)
        for row in 0..<64 { weights[row * 48 + 3] = Float(row) / 64 }
        let model = InferenceEngineTests.model(
            [Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            initializers: ["w": try floats(weights, [64, 48])]
        )
        let x = try floats([Float](repeating: 0, count: 64) + [Float](repeating: 1, count: 64), [2, 64])
        let result = try Self.run(model, x, .int8).0.elements(as: Float.self)
        for (place, element) in result.enumerated() {
            // The one column that is not zero, of the row of ones: the sum of its weights.
            let expected: Float = place == 51 ? 31.5 : 0
            #expect(abs(element - expected) <= (place == 51 ? 0.2 : 0))
        }
    }
}
