import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// `QuantizeLinear`, `DequantizeLinear` and `DynamicQuantizeLinear` in kernels, and what is made of them around others.
@Suite struct QuantizationKernelTests {
    @Test(arguments: [-1, 0, 1, 2]) func `quantization by an axis gives the same numbers`(_ axis: Int) throws {
        let extents = [3, 5, 7]
        let count = extents[axis < 0 ? axis + 3 : axis]
        for isSigned in [true, false] {
            let zero =
                isSigned
                ? try QuantizedProductTests.signed([count], seed: 3) : try QuantizedProductTests.bytes([count], seed: 3)
            let initializers = ["s": try QuantizedProductTests.scales(count), "z": zero]
            let axes = [Attribute("axis", .int(Int64(axis)))]
            let quantize = Node(
                "QuantizeLinear",
                name: "q",
                inputs: ["x", "s", "z"],
                outputs: ["y"],
                attributes: axes
            )
            let feeds = ["x": try Tensor.noise(extents, seed: 5)]
            #expect(
                try kernelDifference([quantize], initializers, feeds, kernel: "quantize") == 0
            )
            let dequantize = Node(
                "DequantizeLinear",
                name: "d",
                inputs: ["x", "s", "z"],
                outputs: ["y"],
                attributes: axes
            )
            let numbers =
                isSigned
                ? try QuantizedProductTests.signed(extents, seed: 4) : try QuantizedProductTests.bytes(extents, seed: 4)
            #expect(
                try kernelDifference([dequantize], initializers, ["x": numbers], kernel: "dequantize")
                    == 0
            )
        }
    }

    /// A convolution between quantised values, which stays in blocks of channels.
    @Test func `quantised convolutions agree within a step`() throws {
        let initializers = [
            "w": try QuantizedProductTests.signed([32, 16, 3, 3], seed: 2), "ws": try QuantizedProductTests.scales(32),
            "wz": try Tensor([Int8](repeating: 0, count: 32), shape: Shape([32])), "xs": try floats([0.01], []),
            "xz": try Tensor([UInt8(117)], shape: .scalar), "ys": try floats([0.05], []),
            "yz": try Tensor([UInt8(128)], shape: .scalar), "b": try Tensor.noise([32], seed: 8),
        ]
        let nodes = [
            Node("QuantizeLinear", name: "q", inputs: ["x", "xs", "xz"], outputs: ["q"]),
            Node("DequantizeLinear", name: "d", inputs: ["q", "xs", "xz"], outputs: ["g"]),
            Node(
                "DequantizeLinear",
                name: "v",
                inputs: ["w", "ws", "wz"],
                outputs: ["v"],
                attributes: [Attribute("axis", .int(0))]
            ),
            Node("Conv", name: "c", inputs: ["g", "v", "b"], outputs: ["h"]),
            Node("QuantizeLinear", name: "r", inputs: ["h", "ys", "yz"], outputs: ["i"]),
            Node("DequantizeLinear", name: "e", inputs: ["i", "ys", "yz"], outputs: ["y"]),
        ]
        let feeds = ["x": try Tensor.noise([2, 16, 9, 11], seed: 5)]
        let difference = try kernelDifference(nodes, initializers, feeds, kernel: "conv int8")
        // One step of 255 over twice the largest value.
        #expect(difference <= 2.0 / 127)
    }

    /// What `quantize_dynamic` writes for a convolution.
    @Test func `convolutions of integers with their scales become one kernel`() throws {
        let initializers = [
            "w": try QuantizedProductTests.signed([32, 16, 3, 3], seed: 2), "ws": try floats([0.013], []),
            "wz": try Tensor([Int8(0)], shape: .scalar), "b": try Tensor.noise([1, 32, 1, 1], seed: 8),
        ]
        let nodes = [
            Node("DynamicQuantizeLinear", name: "d", inputs: ["x"], outputs: ["q", "s", "z"]),
            Node("Mul", name: "m", inputs: ["s", "ws"], outputs: ["t"]),
            Node(
                "ConvInteger",
                name: "p",
                inputs: ["q", "w", "z", "wz"],
                outputs: ["i"],
                attributes: [Attribute("pads", .ints([1, 1, 1, 1]))]
            ),
            Node("Cast", name: "c", inputs: ["i"], outputs: ["f"], attributes: [Attribute("to", .int(1))]),
            Node("Mul", name: "n", inputs: ["f", "t"], outputs: ["g"]),
            Node("Add", name: "a", inputs: ["g", "b"], outputs: ["y"]),
        ]
        let feeds = ["x": try Tensor.noise([1, 16, 9, 11], seed: 5)]
        #expect(try kernelDifference(nodes, initializers, feeds, kernel: "conv int8") <= 1e-6)
    }

    @Test func `rows of a quantised table are dequantised alone`() throws {
        let initializers = [
            "w": try QuantizedProductTests.bytes([50, 8], seed: 2), "ws": try floats([0.013], []),
            "wz": try QuantizedProductTests.bytes([], seed: 3),
        ]
        let nodes = [
            Node("DequantizeLinear", name: "d", inputs: ["w", "ws", "wz"], outputs: ["t"]),
            Node("Gather", name: "g", inputs: ["t", "x"], outputs: ["y"]),
        ]
        let feeds = ["x": try ints([3, 49, 0, -1], [2, 2])]
        #expect(try kernelDifference(nodes, initializers, feeds, kernel: "dequantize") == 0)
    }
}
