import InferenceEngine
import OnnxIR
import Tensors
import TestSupport
import Testing

@Suite struct WeightBoundaryTests {
    /// Large weights whose values are packed, copied, gathered and computed with.
    private static func model(offset: Int) throws -> Model {
        func weights(_ dimensions: Int...) throws -> Tensor {
            let shape = try #require(Shape(dimensions))
            let elements = (0..<shape.elementCount).map { (index: Int) -> Float in Float(index * 7919 % 211 - 105) / 105
            }
            let bytes = elements.withUnsafeBytes { [UInt8](repeating: 7, count: offset) + Array($0) }
            let region = try #require(try MemoryRegion.copying(bytes[...]).slice(offset..<bytes.count))
            return try Tensor(elementType: .float, shape: shape, region: region)
        }
        return InferenceEngineTests.model(
            [
                Node("Gather", name: "g", inputs: ["table", "rows"], outputs: ["a"]),
                Node("MatMul", name: "m", inputs: ["a", "square"], outputs: ["b"]),
                Node(
                    "Gemm",
                    name: "t",
                    inputs: ["b", "turned"],
                    outputs: ["c"],
                    attributes: [Attribute("transB", .int(1))]
                ),
                Node("Transpose", name: "p", inputs: ["sums"], outputs: ["d"]),
                Node("Add", name: "s", inputs: ["c", "d"], outputs: ["e"]),
                Node("Reshape", name: "r", inputs: ["e", "image"], outputs: ["f"]),
                Node("Conv", name: "k", inputs: ["f", "filters"], outputs: ["h"]),
                Node("Transpose", name: "q", inputs: ["table"], outputs: ["i"]),
                Node("MatMul", name: "n", inputs: ["table", "i"], outputs: ["j"]),
                Node("Where", name: "w", inputs: ["mask", "sums", "j"], outputs: ["o"]),
            ],
            inputs: ["rows", "mask"],
            outputs: ["h", "o"],
            initializers: [
                "table": try weights(64, 64), "square": try weights(64, 64), "turned": try weights(64, 64),
                "sums": try weights(64, 64),
                "filters": try weights(32, 16, 3, 3), "image": try Tensor([1, 16, 16, 16] as [Int64]),
            ],
            types: [
                "rows": .tensor(.int64, shape: [64]), "mask": .tensor(.bool, shape: [64, 1]),
                "h": .tensor(.float, shape: nil), "o": .tensor(.float, shape: nil),
            ]
        )
    }

    @Test(arguments: [true, false])
    func `weights give the same results on any boundary`(isOptimised: Bool) throws {
        let options: InferenceOptions = isOptimised ? .default : .reference
        let feeds = [
            "rows": Value.tensor(try Tensor((0..<64).map { Int64($0 * 29 % 64) })),
            "mask": .tensor(try Tensor((0..<64).map { $0 % 3 == 0 }, shape: Shape([64, 1]))),
        ]
        let expected = try InferenceSession(try Self.model(offset: 0), options: options).run(feeds)
        for offset in 1..<4 {
            let results = try InferenceSession(try Self.model(offset: offset), options: options).run(feeds)
            for name in ["h", "o"] {
                let (result, other) = (results[name]?.tensor, expected[name]?.tensor)
                #expect(try result?.elements(as: Float.self) == other?.elements(as: Float.self))
                #expect(try #require(result).shape.elementCount > 0)
            }
        }
    }
}
