import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Extents that a file only claims, or whose products do not fit an `Int`: errors, and the same with kernels as without.
@Suite struct ExtentAbuseTests {
    private static func outcome(_ model: Model, _ feeds: [String: Tensor], _ options: InferenceOptions) -> String {
        do {
            let session = try InferenceSession(model, options: options)
            return try session.run(feeds.mapValues { .tensor($0) }).keys.sorted().joined()
        } catch {
            return error.description
        }
    }

    private func expectError(_ text: String, _ model: Model, _ feeds: [String: Tensor]) {
        for options in [InferenceOptions.default, .reference] {
            let outcome = Self.outcome(model, feeds, options)
            #expect(outcome.contains(text), "\(outcome)")
        }
    }

    @Test func `repeats whose product wraps around are no repeats`() throws {
        let node = Node("Tile", name: "n", inputs: ["x", "c"], outputs: ["y"])
        let counts = try Tensor([1 << 62 + 1] as [Int64])
        let model = model([node], inputs: ["x"], outputs: ["y"], initializers: ["c": counts])
        expectError("more elements than fit an `Int`", model, ["x": try floats([1, 2, 3, 4])])
    }

    @Test func `a shuffle of more channels than there are is none`() throws {
        let extent: Int64 = 1 << 32
        let model = model(
            [
                Node("Reshape", name: "r", inputs: ["x", "s"], outputs: ["h"]),
                Node(
                    "Transpose",
                    name: "t",
                    inputs: ["h"],
                    outputs: ["i"],
                    attributes: [Attribute("perm", .ints([0, 2, 1, 3, 4]))]
                ),
                Node("Reshape", name: "u", inputs: ["i", "d"], outputs: ["y"]),
            ],
            inputs: ["x"],
            outputs: ["y"],
            initializers: [
                "s": try Tensor([1, extent, extent, 2, 2] as [Int64]), "d": try Tensor([1, 4, 2, 2] as [Int64]),
            ],
            types: ["x": .tensor(.float, [1, 4, 2, 2])]
        )
        expectError("node `r` (Reshape", model, ["x": try Tensor.noise([1, 4, 2, 2], seed: 1)])
    }

    @Test func `attention over widths that nobody has is an error`() throws {
        let width = 3 << 60
        let node = Node(
            "MultiHeadAttention",
            domain: .microsoft,
            name: "n",
            inputs: ["q", "k", "v", "b"],
            outputs: ["y"],
            attributes: [Attribute("num_heads", .int(1))]
        )
        let type = ValueType.tensor(.float, [1, 2, .fixed(width)])
        let model = model(
            [node],
            inputs: ["q", "k", "v"],
            outputs: ["y"],
            initializers: ["b": try floats([1, 2, 3])],
            types: ["q": type, "k": type, "v": type],
            opsets: [OpsetImport(domain: .onnx, version: 21), OpsetImport(domain: .microsoft, version: 1)]
        )
        let x = try Tensor.noise([1, 2, 4], seed: 1)
        expectError("input `", model, ["q": x, "k": x, "v": x])
    }

    /// Weights without elements may claim any extent.
    @Test func `groups of weights without elements are errors`() throws {
        let empty = try #require(Shape([0, 1 << 50, 3, 3]))
        let groups = [Attribute("group", .int(1 << 20))]
        let opsets = [OpsetImport(domain: .onnx, version: 21), OpsetImport(domain: .microsoft, version: 1)]
        let fused = model(
            [Node("FusedConv", domain: .microsoft, name: "n", inputs: ["x", "w"], outputs: ["y"], attributes: groups)],
            inputs: ["x"],
            outputs: ["y"],
            initializers: ["w": try Tensor([Float](), shape: empty)],
            opsets: opsets
        )
        expectError(
            "initializer `w`: shape [0, 1125899906842624, 3, 3] has no elements",
            fused,
            ["x": try Tensor.noise([1, 4, 5, 5], seed: 1)]
        )
        let scale = try floats([0.5], [])
        let zero = try Tensor([UInt8(0)], shape: .scalar)
        let quantized = model(
            [
                Node(
                    "QLinearConv",
                    name: "n",
                    inputs: ["x", "s", "z", "w", "s", "z", "s", "z"],
                    outputs: ["y"],
                    attributes: groups
                )
            ],
            inputs: ["x"],
            outputs: ["y"],
            initializers: ["w": try Tensor([UInt8](), shape: empty), "s": scale, "z": zero],
            types: ["x": .tensor(.uint8, shape: nil)],
            opsets: opsets
        )
        expectError(
            "initializer `w`: shape [0, 1125899906842624, 3, 3] has no elements",
            quantized,
            ["x": try Tensor([UInt8](repeating: 1, count: 100), shape: Shape([1, 4, 5, 5]))]
        )
    }
}
