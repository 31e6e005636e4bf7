import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Operators that move or compare elements, by kernels and by the reference interpreter.
@Suite struct MovementKernelTests {
    private static let coordinates = [
        "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric",
    ]

    @Test(arguments: coordinates, ["nearest", "linear"])
    func `images at another resolution`(_ coordinates: String, _ mode: String) throws {
        let node = Node(
            "Resize",
            name: "n",
            inputs: ["x", "", "s"],
            outputs: ["y"],
            attributes: [
                Attribute("mode", .string(mode)), Attribute("coordinate_transformation_mode", .string(coordinates)),
            ]
        )
        let x = try Tensor.noise([2, 3, 7, 9], seed: 1)
        for scales in [[1, 1, 2, 2], [1, 1, 0.6, 1.7], [1, 1, 1, 3]] as [[Float]] {
            let difference = try kernelDifference([node], ["s": try Tensor(scales)], ["x": x], kernel: "resize")
            #expect(difference < 1e-6, "\(scales)")
        }
    }

    @Test func `images at a size that is given`() throws {
        let node = Node("Resize", name: "n", inputs: ["x", "", "", "s"], outputs: ["y"])
        let sizes = try Tensor([1, 2, 11, 5] as [Int64])
        let x = try Tensor.noise([1, 2, 6, 8], seed: 1)
        #expect(try kernelDifference([node], ["s": sizes], ["x": x], kernel: "resize") == 0)
    }

    @Test func `a constant around the input`() throws {
        let node = Node("Pad", name: "n", inputs: ["x", "p", "c"], outputs: ["y"])
        let initializers = [
            "p": try Tensor([0, 1, 0, 2, 3, 0] as [Int64]), "c": try Tensor([0.5] as [Float], shape: .scalar),
        ]
        let x = try Tensor.noise([2, 3, 5], seed: 1)
        #expect(try kernelDifference([node], initializers, ["x": x], kernel: "pad") == 0)
    }

    @Test func `repeats, and blocks of images`() throws {
        let x = try Tensor.noise([2, 8, 3, 5], seed: 1)
        let counts = try Tensor([1, 2, 3, 1] as [Int64])
        let tile = Node("Tile", name: "n", inputs: ["x", "c"], outputs: ["y"])
        #expect(try kernelDifference([tile], ["c": counts], ["x": x], kernel: "tile") == 0)
        for mode in ["DCR", "CRD"] {
            let attributes = [Attribute("blocksize", .int(2)), Attribute("mode", .string(mode))]
            let node = Node("DepthToSpace", name: "n", inputs: ["x"], outputs: ["y"], attributes: attributes)
            #expect(try kernelDifference([node], [:], ["x": x], kernel: "transpose") == 0)
        }
        let node = Node(
            "SpaceToDepth",
            name: "n",
            inputs: ["x"],
            outputs: ["y"],
            attributes: [Attribute("blocksize", .int(3))]
        )
        #expect(try kernelDifference([node], [:], ["x": try .noise([2, 2, 6, 9], seed: 2)], kernel: "transpose") == 0)
    }

    @Test(arguments: [
        ("Equal", "equal ["), ("Greater", "greater ["), ("GreaterOrEqual", "greater-or-equal ["), ("Less", "less ["),
        ("LessOrEqual", "less-or-equal ["),
    ])
    func `comparisons, of what is no number too`(_ name: String, _ kernel: String) throws {
        let left = try floats([1, 2, 3, .nan, -0.0, .infinity], [2, 3])
        let right = try floats([1, 3, .nan], [3])
        let node = Node(name, name: "n", inputs: ["a", "b"], outputs: ["y"])
        #expect(try kernelDifference([node], [:], ["a": left, "b": right], kernel: kernel) == 0)
    }

    @Test(arguments: ["ArgMax", "ArgMin"], [0, 1])
    func `the place of the greatest and the least`(_ name: String, _ last: Int64) throws {
        let rows: [[Float]] = [[1, 3, 3, 2], [.nan, 1, .nan, 0], [2, .nan, 5, 5], [-1, -1, -2, -2]]
        for axis: Int64 in [0, 1] {
            let attributes = [Attribute("axis", .int(axis)), Attribute("select_last_index", .int(last))]
            let node = Node(name, name: "n", inputs: ["x"], outputs: ["y"], attributes: attributes)
            #expect(
                try kernelDifference([node], [:], ["x": try floats(rows.flatMap { $0 }, [4, 4])], kernel: "arg") == 0
            )
        }
    }

    @Test func `slopes below zero`() throws {
        let node = Node("PRelu", name: "n", inputs: ["x", "s"], outputs: ["y"])
        let slopes = try Tensor.noise([3, 1], seed: 2)
        #expect(
            try kernelDifference([node], ["s": slopes], ["x": try .noise([2, 3, 5], seed: 1)], kernel: "prelu") == 0
        )
    }

    @Test(arguments: [1, 0] as [Int64], [0, 1, 2] as [Int64])
    func `the first by size, and their places`(_ largest: Int64, _ axis: Int64) throws {
        var elements = try Tensor.noise([4, 9, 5], seed: 1).elements(as: Float.self)
        (elements[3], elements[17], elements[60]) = (.nan, elements[22], elements[61])
        let x = try floats(elements, [4, 9, 5])
        let attributes = [Attribute("axis", .int(axis)), Attribute("largest", .int(largest))]
        for outputs in [["y", "i"], ["v", "y"]] {
            let node = Node("TopK", name: "n", inputs: ["x", "k"], outputs: outputs, attributes: attributes)
            let count = try Tensor([3] as [Int64])
            #expect(try kernelDifference([node], ["k": count], ["x": x], kernel: "top-3") == 0)
        }
    }
}
