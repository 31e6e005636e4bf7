import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// ONNX Runtime's fused operators, which kernels of the standard's operators compute.
@Suite struct FusedOperatorTests {
    private static func node(
        _ name: String,
        _ inputs: [String],
        _ attributes: [Attribute] = [],
        outputs: [String] = ["y"]
    ) -> Node {
        Node(name, domain: .microsoft, name: "n", inputs: inputs, outputs: outputs, attributes: attributes)
    }

    private static func difference(
        _ node: Node,
        _ feeds: [String: [Int]],
        _ weights: [String: [Int]] = [:],
        kernel: String
    ) throws -> Float {
        func noise(_ extents: [String: [Int]]) throws -> [String: Tensor] {
            var seed: UInt64 = 0
            return try extents.mapValues {
                seed += 1
                return try Tensor.noise($0, seed: seed)
            }
        }
        return try kernelDifference([node], try noise(weights), try noise(feeds), kernel: kernel)
    }

    @Test(arguments: ["BiasGelu", "FastGelu"]) func `a bias and GELU`(_ name: String) throws {
        let node = Self.node(name, ["x", "b"])
        #expect(try Self.difference(node, ["x": [3, 5, 24]], ["b": [24]], kernel: "add [3, 5, 24] + gelu") < 1e-5)
    }

    @Test func `normalised sums of an input, a skip connection and a bias`() throws {
        let epsilon = [Attribute("epsilon", .float(1e-6))]
        let full = Self.node("SkipLayerNormalization", ["x", "s", "g", "b", "c"], epsilon)
        let feeds = ["x": [2, 5, 24], "s": [2, 5, 24]]
        #expect(
            try Self.difference(full, feeds, ["g": [24], "b": [24], "c": [24]], kernel: "layer-norm") < 1e-5
        )
        let simplified = Self.node("SkipSimplifiedLayerNormalization", ["x", "s", "g"], epsilon)
        #expect(try Self.difference(simplified, feeds, ["g": [24]], kernel: "rms-norm") < 1e-5)
        let sum = Self.node("SkipLayerNormalization", ["x", "s", "g"], epsilon, outputs: ["z", "", "", "y"])
        #expect(try Self.difference(sum, feeds, ["g": [24]], kernel: "add") < 1e-6)
    }

    @Test func `products with axes exchanged and a factor`() throws {
        let attributes = [
            Attribute("alpha", .float(0.25)), Attribute("transA", .int(1)), Attribute("transB", .int(1)),
        ]
        let flat = Self.node("FusedMatMul", ["x", "w"], attributes)
        #expect(try Self.difference(flat, ["x": [16, 5]], ["w": [24, 16]], kernel: "matmul") < 1e-5)
        let stacked = Self.node("FusedMatMul", ["x", "w"], [attributes[0], attributes[2]])
        #expect(try Self.difference(stacked, ["x": [3, 5, 16], "w": [3, 24, 16]], kernel: "matmul") < 1e-5)
    }

    @Test(arguments: ["Relu", "Tanh", "LeakyRelu", "Clip", "HardSigmoid"])
    func `products and convolutions with an activation`(_ name: String) throws {
        let parameters: [String: [Float]] = ["LeakyRelu": [0.3], "Clip": [-0.5, 0.75], "HardSigmoid": [0.2, 0.5]]
        let function = [
            Attribute("activation", .string(name)), Attribute("activation_params", .floats(parameters[name] ?? [])),
        ]
        let conv = Self.node("FusedConv", ["x", "w", "b", "z"], function + [Attribute("pads", .ints([1, 1, 1, 1]))])
        #expect(
            try Self.difference(
                conv,
                ["x": [1, 16, 7, 7], "z": [1, 16, 7, 7]],
                ["w": [16, 16, 3, 3], "b": [16]],
                kernel: "conv"
            ) < 1e-4
        )
        let names = ["alpha", "beta", "gamma"]
        let single = zip(parameters[name] ?? [], name == "Clip" ? ["min", "max"] : names).map {
            Attribute("activation_\($1)", .float($0))
        }
        let gemm = Self.node("FusedGemm", ["x", "w", "b"], [function[0]] + single)
        #expect(try Self.difference(gemm, ["x": [5, 32]], ["w": [32, 24], "b": [24]], kernel: "gemm") < 1e-5)
    }

    @Test func `attention with its projection, and of projected rows`() throws {
        let heads = [Attribute("num_heads", .int(4))]
        let packed = Self.node("Attention", ["x", "w", "b"], heads)
        #expect(
            try Self.difference(packed, ["x": [2, 6, 32]], ["w": [32, 96], "b": [96]], kernel: "attention") < 1e-5
        )
        let parts = Self.node("MultiHeadAttention", ["q", "k", "v", "b", "", "s"], heads)
        let feeds = ["q": [2, 6, 32], "k": [2, 9, 32], "v": [2, 9, 32], "s": [2, 4, 6, 9]]
        #expect(try Self.difference(parts, feeds, ["b": [96]], kernel: "attention") < 1e-5)
    }

    @Test func `masked keys`() throws {
        let node = Self.node("Attention", ["x", "w", "b", "m"], [Attribute("num_heads", .int(2))])
        let mask = try Tensor([1, 1, 0, 1, 1, 0, 0, 0] as [Int32], shape: Shape([2, 4]))
        let initializers = ["w": try Tensor.noise([16, 48], seed: 1), "b": try Tensor.noise([48], seed: 2)]
        let feeds = ["x": try Tensor.noise([2, 4, 16], seed: 3), "m": mask]
        #expect(try kernelDifference([node], initializers, feeds, kernel: "attention") < 1e-5)
    }
}
