import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct WideHalvesTests {
    private static func half(_ extents: [Int], seed: UInt64, _ type: ElementType) throws -> Tensor {
        let elements = try Tensor.noise(extents, seed: seed).elements(as: Float.self)
        return type == .float16
            ? try Tensor(elements.map { Float16($0) }, shape: Shape(extents))
            : try Tensor(elements.map { BFloat16($0) }, shape: Shape(extents))
    }

    private static func floats(_ tensor: Tensor) throws -> [Float] {
        tensor.elementType == .float16
            ? try tensor.elements(as: Float16.self).map { Float($0) }
            : try tensor.elements(as: BFloat16.self).map { Float($0) }
    }

    @Test(arguments: [(ElementType.float16, Float(2e-3)), (.bfloat16, 2e-2)])
    func `layers of halves run in kernels, and end in halves`(_ type: ElementType, _ bound: Float) throws {
        let model = model(
            [
                Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["h"]),
                Node("Add", name: "a", inputs: ["h", "b"], outputs: ["i"]),
                Node("Relu", name: "r", inputs: ["i"], outputs: ["j"]),
                Node("Reshape", name: "s", inputs: ["j", "t"], outputs: ["k"]),
                Node("Softmax", name: "o", inputs: ["k"], outputs: ["y"]),
            ],
            inputs: ["x"],
            outputs: ["y"],
            initializers: [
                "w": try Self.half([32, 24], seed: 1, type), "b": try Self.half([24], seed: 2, type),
                "t": try Tensor([2, 12] as [Int64]),
            ],
            types: ["x": .tensor(type, shape: nil)]
        )
        let x = try Self.half([1, 32], seed: 3, type)
        let profile = RunProfile()
        let session = try InferenceSession(model, options: .default)
        let own = try #require(try session.run(["x": .tensor(x)], profile: profile)["y"]?.tensor)
        let reference = try #require(
            try InferenceSession(model, options: .reference).run(["x": .tensor(x)])["y"]?.tensor
        )
        #expect(own.elementType == type && own.shape == reference.shape)
        let pairs = zip(try Self.floats(own), try Self.floats(reference))
        #expect(pairs.allSatisfy { abs($0 - $1) <= bound })
        let labels = profile.events.map(\.label)
        #expect(labels.contains { $0.hasPrefix("gemm") } && labels.contains { $0.hasPrefix("relu") }, "\(labels)")
    }

    @Test func `what is read as halves is rounded to them`() throws {
        let model = model(
            [
                Node("Sqrt", name: "q", inputs: ["x"], outputs: ["h"]),
                Node("Neg", name: "n", inputs: ["h"], outputs: ["y"]),
            ],
            inputs: ["x"],
            outputs: ["h", "y"],
            types: ["x": .tensor(.float16, shape: nil)]
        )
        let x = try Tensor([2, 3, 5] as [Float16])
        let values = try InferenceSession(model, options: .default).run(["x": .tensor(x)])
        let roots: [Float16] = [2, 3, 5].map { Float16(Float($0).squareRoot()) }
        #expect(try values["h"]?.tensor?.elements(as: Float16.self) == roots)
        #expect(try values["y"]?.tensor?.elements(as: Float16.self) == roots.map { -$0 })
    }
}
