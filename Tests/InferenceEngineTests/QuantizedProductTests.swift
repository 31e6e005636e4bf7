import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Models with 8-bit weights, whose products kernels do, beside the reference interpreter.
@Suite struct QuantizedProductTests {
    /// Numbers that look random and are the same each time.
    static func bytes(_ shape: [Int], seed: UInt64) throws -> Tensor {
        var state = seed
        let elements = (0..<shape.reduce(1, *)).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 40)
        }
        return try Tensor(elements, shape: Shape(shape))
    }

    static func signed(_ shape: [Int], seed: UInt64) throws -> Tensor {
        let bytes = try bytes(shape, seed: seed).elements(as: UInt8.self)
        return try Tensor(bytes.map { Int8(bitPattern: $0) }, shape: Shape(shape))
    }

    static func scales(_ count: Int?) throws -> Tensor {
        guard let count else { return try floats([0.0123], []) }
        return try floats((0..<count).map { 0.005 + Float($0 % 7) * 0.001 })
    }

    /// Rows, inner extent and columns.
    private static let sizes = [(1, 1, 1), (1, 64, 33), (5, 37, 16), (7, 130, 48), (33, 96, 100)]

    @Test(arguments: sizes) func `MatMulInteger gives the same integers`(_ m: Int, _ k: Int, _ n: Int) throws {
        for (left, right) in [(true, true), (true, false), (false, true), (false, false)] {
            let a = left ? try Self.signed([m, k], seed: 1) : try Self.bytes([m, k], seed: 1)
            let initializers = [
                "b": right ? try Self.signed([k, n], seed: 2) : try Self.bytes([k, n], seed: 2),
                "bz": right ? try Self.signed([n], seed: 3) : try Self.bytes([n], seed: 3),
            ]
            for zeroCount in [1, m] {
                let zero = left ? try Self.signed([zeroCount], seed: 4) : try Self.bytes([zeroCount], seed: 4)
                let node = Node("MatMulInteger", name: "n", inputs: ["a", "b", "az", "bz"], outputs: ["y"])
                let difference = try kernelDifference([node], initializers, ["a": a, "az": zero], kernel: "integer")
                #expect(difference == 0)
            }
        }
    }

    /// What `quantize_dynamic` writes for a product.
    private static let dynamicProduct = [
        Node("DynamicQuantizeLinear", name: "d", inputs: ["x"], outputs: ["q", "s", "z"]),
        Node("Mul", name: "m", inputs: ["s", "ws"], outputs: ["t"]),
        Node("MatMulInteger", name: "p", inputs: ["q", "w", "z", "wz"], outputs: ["i"]),
        Node("Cast", name: "c", inputs: ["i"], outputs: ["f"], attributes: [Attribute("to", .int(1))]),
        Node("Mul", name: "n", inputs: ["f", "t"], outputs: ["g"]),
        Node("Add", name: "a", inputs: ["bias", "g"], outputs: ["h"]),
        Node("Relu", name: "r", inputs: ["h"], outputs: ["y"]),
    ]

    @Test(arguments: sizes) func `products of quantize_dynamic become one kernel`(
        _ m: Int,
        _ k: Int,
        _ n: Int
    ) throws {
        for isWhole in [true, false] {
            let initializers = [
                "w": try Self.signed([k, n], seed: 2), "ws": try Self.scales(isWhole ? nil : n),
                "wz": try Self.signed(isWhole ? [] : [n], seed: 3), "bias": try Tensor.noise([n], seed: 8),
            ]
            for shape in [[m, k], [2, m, k]] {
                let feeds = ["x": try Tensor.noise(shape, seed: 5)]
                let difference = try kernelDifference(
                    Self.dynamicProduct,
                    initializers,
                    feeds,
                    kernel: "gemm int8 \(shape.dropLast().reduce(1, *))×\(k)×\(n) + bias + relu"
                )
                #expect(difference <= 1e-6)
            }
        }
    }

    @Test(arguments: sizes) func `operators of ONNX Runtime's optimiser give the same floats`(
        _ m: Int,
        _ k: Int,
        _ n: Int
    ) throws {
        let initializers = [
            "w": try Self.bytes([k, n], seed: 2), "ws": try Self.scales(n), "wz": try Self.bytes([n], seed: 3),
            "bias": try Tensor.noise([n], seed: 8), "az": try Self.signed([], seed: 9),
            "as": try Self.scales(nil),
        ]
        let dynamic = Node(
            "DynamicQuantizeMatMul",
            domain: .microsoft,
            name: "n",
            inputs: ["x", "w", "ws", "wz", "bias"],
            outputs: ["y"]
        )
        let feeds = ["x": try Tensor.noise([m, k], seed: 5, around: 0.3)]
        #expect(try kernelDifference([dynamic], initializers, feeds, kernel: "gemm int8") <= 1e-6)
        let product = Node(
            "MatMulIntegerToFloat",
            domain: .microsoft,
            name: "n",
            inputs: ["x", "w", "as", "ws", "az", "wz", "bias"],
            outputs: ["y"]
        )
        let numbers = ["x": try Self.signed([m, k], seed: 5)]
        #expect(try kernelDifference([product], initializers, numbers, kernel: "gemm int8") <= 1e-6)
    }

    @Test(arguments: sizes) func `QLinearMatMul and QGemm give the same numbers`(
        _ m: Int,
        _ k: Int,
        _ n: Int
    ) throws {
        let initializers = [
            "w": try Self.signed([k, n], seed: 2), "v": try Self.signed([n, k], seed: 2),
            "ws": try Self.scales(n), "wz": try Self.signed([n], seed: 3), "as": try Self.scales(nil),
            "az": try Self.bytes([], seed: 9), "ys": try floats([1.7], []), "yz": try Self.bytes([], seed: 4),
            "bias": try Tensor((0..<n).map { Int32($0 * 977 % 4001 - 2000) }, shape: Shape([n])),
        ]
        let feeds = ["x": try Self.bytes([m, k], seed: 5)]
        let product = Node(
            "QLinearMatMul",
            name: "n",
            inputs: ["x", "as", "az", "w", "ws", "wz", "ys", "yz"],
            outputs: ["y"]
        )
        #expect(try kernelDifference([product], initializers, feeds, kernel: "gemm int8") == 0)
        for isTransposed in [true, false] {
            for isQuantised in [true, false] {
                let gemm = Node(
                    "QGemm",
                    domain: .microsoft,
                    name: "n",
                    inputs: ["x", "as", "az", isTransposed ? "v" : "w", "ws", "wz", "bias"]
                        + (isQuantised ? ["ys", "yz"] : []),
                    outputs: ["y"],
                    attributes: [Attribute("transB", .int(isTransposed ? 1 : 0)), Attribute("alpha", .float(0.75))]
                )
                let difference = try kernelDifference([gemm], initializers, feeds, kernel: "gemm int8")
                #expect(difference <= (isQuantised ? 1 : 1e-6))
            }
        }
    }

    @Test(arguments: sizes) func `products between quantised values become products of integers`(
        _ m: Int,
        _ k: Int,
        _ n: Int
    ) throws {
        for isGemm in [true, false] {
            let initializers = [
                "w": try Self.signed(isGemm ? [n, k] : [k, n], seed: 2), "ws": try Self.scales(n),
                "wz": try Tensor([Int8](repeating: 0, count: n), shape: Shape([n])), "xs": try floats([0.02], []),
                "xz": try Tensor([UInt8(117)], shape: .scalar), "ys": try floats([0.07], []),
                "yz": try Tensor([Int8(3)], shape: .scalar), "bias": try Tensor.noise([n], seed: 8),
            ]
            let product =
                isGemm
                ? Node(
                    "Gemm",
                    name: "p",
                    inputs: ["g", "v", "bias"],
                    outputs: ["h"],
                    attributes: [Attribute("transB", .int(1))]
                ) : Node("MatMul", name: "p", inputs: ["g", "v"], outputs: ["h"])
            let nodes = [
                Node("QuantizeLinear", name: "q", inputs: ["x", "xs", "xz"], outputs: ["q"]),
                Node("DequantizeLinear", name: "d", inputs: ["q", "xs", "xz"], outputs: ["g"]),
                Node(
                    "DequantizeLinear",
                    name: "w",
                    inputs: ["w", "ws", "wz"],
                    outputs: ["v"],
                    attributes: [Attribute("axis", .int(isGemm ? 0 : 1))]
                ),
                product,
                Node("QuantizeLinear", name: "r", inputs: ["h", "ys", "yz"], outputs: ["y"]),
            ]
            let feeds = ["x": try Tensor.noise([m, k], seed: 5)]
            #expect(try kernelDifference(nodes, initializers, feeds, kernel: "gemm int8") <= 1)
        }
    }
}
