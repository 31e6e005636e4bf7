import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Convolutions of 8-bit numbers in kernels, beside the reference interpreter.
@Suite struct QuantizedConvolutionTests {
    /// The extents of a convolution.
    struct Layer: CustomTestStringConvertible, Sendable {
        let input: [Int]
        let weights: [Int]
        var groups = 1
        var stride = 1
        var pad = 0

        var testDescription: String { "\(input) by \(weights), groups \(groups), stride \(stride), pad \(pad)" }

        var attributes: [Attribute] {
            let spatial = input.count - 2
            return [
                Attribute("group", .int(Int64(groups))),
                Attribute("strides", .ints([Int64](repeating: Int64(stride), count: spatial))),
                Attribute("pads", .ints([Int64](repeating: Int64(pad), count: 2 * spatial))),
            ]
        }
    }

    private static let layers = [
        Layer(input: [1, 3, 17, 19], weights: [16, 3, 3, 3], stride: 2, pad: 1),
        Layer(input: [2, 32, 9, 11], weights: [40, 32, 1, 1]),
        Layer(input: [1, 32, 14, 14], weights: [48, 32, 3, 3], pad: 1),
        Layer(input: [1, 64, 30], weights: [32, 32, 5], groups: 2, pad: 2),
        Layer(input: [1, 16, 4, 5, 6], weights: [20, 16, 2, 3, 3], pad: 1),
    ]

    private typealias Products = QuantizedProductTests

    private static func zeros(_ type: ElementType, _ count: Int?) throws -> Tensor {
        let shape = count.map { [$0] } ?? []
        return try type == .int8 ? Products.signed(shape, seed: 3) : Products.bytes(shape, seed: 3)
    }

    private static func weights(_ type: ElementType, _ shape: [Int]) throws -> Tensor {
        try type == .int8 ? Products.signed(shape, seed: 2) : Products.bytes(shape, seed: 2)
    }

    @Test(arguments: layers) func `convolutions of dequantised values are those of the numbers`(
        _ layer: Layer
    ) throws {
        let channels = layer.weights[0]
        for type in [ElementType.int8, .uint8] {
            for count in [nil, channels] {
                let initializers = [
                    "w": try Self.weights(type, layer.weights), "ws": try Products.scales(count),
                    "wz": try Self.zeros(type, count), "xs": try floats([0.01], []),
                    "xz": try Self.zeros(type, nil), "b": try Tensor.noise([channels], seed: 8),
                ]
                let nodes = [
                    Node(
                        "DequantizeLinear",
                        name: "v",
                        inputs: ["w", "ws", "wz"],
                        outputs: ["v"],
                        attributes: [Attribute("axis", .int(0))]
                    ),
                    Node("QuantizeLinear", name: "q", inputs: ["x", "xs", "xz"], outputs: ["q"]),
                    Node("DequantizeLinear", name: "d", inputs: ["q", "xs", "xz"], outputs: ["g"]),
                    Node(
                        "Conv",
                        name: "c",
                        inputs: ["g", "v", "b"],
                        outputs: ["h"],
                        attributes: layer.attributes
                    ),
                    Node("Relu", name: "r", inputs: ["h"], outputs: ["y"]),
                ]
                let feeds = ["x": try Tensor.noise(layer.input, seed: 5)]
                #expect(try kernelDifference(nodes, initializers, feeds, kernel: "conv int8") <= 1e-5)
            }
        }
    }

    @Test(arguments: layers) func `ConvInteger gives the same integers`(_ layer: Layer) throws {
        for (left, right) in [(ElementType.int8, ElementType.uint8), (.uint8, .int8), (.uint8, .uint8)] {
            let initializers = [
                "w": try Self.weights(right, layer.weights), "wz": try Self.zeros(right, nil),
                "xz": try Self.zeros(left, nil),
            ]
            let node = Node(
                "ConvInteger",
                name: "n",
                inputs: ["x", "w", "xz", "wz"],
                outputs: ["y"],
                attributes: layer.attributes
            )
            let feeds = ["x": try Self.weights(left, layer.input)]
            #expect(try kernelDifference([node], initializers, feeds, kernel: "conv int8") == 0)
        }
    }

    @Test(arguments: [OperatorDomain.onnx, .microsoft]) func `chains of QLinearConv have no step in between`(
        _ domain: OperatorDomain
    ) throws {
        let bias = try Tensor((0..<32).map { Int32($0 * 977 % 4001 - 2000) }, shape: Shape([32]))
        let initializers = [
            "w": try Products.signed([32, 16, 3, 3], seed: 2), "v": try Products.bytes([24, 32, 1, 1], seed: 4),
            "ws": try Products.scales(32), "vs": try Products.scales(nil),
            "wz": try Tensor([Int8](repeating: 0, count: 32), shape: Shape([32])), "vz": try Self.zeros(.uint8, nil),
            "xs": try floats([0.02], []), "xz": try Self.zeros(.uint8, nil), "hs": try floats([0.7], []),
            "hz": try Self.zeros(.uint8, nil), "ys": try floats([9.3], []), "yz": try Self.zeros(.int8, nil),
            "b": bias,
        ]
        let nodes = [
            Node(
                "QLinearConv",
                domain: domain,
                name: "m",
                inputs: ["x", "xs", "xz", "w", "ws", "wz", "hs", "hz", "b"],
                outputs: ["h"],
                attributes: [Attribute("pads", .ints([1, 1, 1, 1]))]
            ),
            Node(
                "QLinearConv",
                domain: domain,
                name: "n",
                inputs: ["h", "hs", "hz", "v", "vs", "vz", "ys", "yz"],
                outputs: ["y"]
            ),
        ]
        let feeds = ["x": try Products.bytes([2, 16, 9, 8], seed: 5)]
        #expect(try kernelDifference(nodes, initializers, feeds, kernel: "conv int8") <= 1)
        let labels = try Self.kernels(nodes, initializers, feeds)
        #expect(
            labels.map { String($0.prefix { $0 != " " }) } == [
                "dequantize", "block", "conv", "conv", "unblock", "quantize",
            ]
        )
    }

    @Test func `operators of quantised tensors are those of floats between two steps`() throws {
        let initializers = [
            "s": try floats([0.02], []), "z": try Self.zeros(.uint8, nil), "t": try floats([0.031], []),
            "u": try Products.bytes([], seed: 9),
        ]
        let unary = ["x", "s", "z", "t", "u"]
        let examples: [(name: String, inputs: [String], attributes: [Attribute])] = [
            ("QLinearGlobalAveragePool", unary, []),
            ("QLinearLeakyRelu", unary, [Attribute("alpha", .float(0.2))]),
            ("QLinearSigmoid", unary, []),
        ]
        let feeds = ["x": try Products.bytes([2, 5, 9, 8], seed: 5)]
        for example in examples {
            let node = Node(
                example.name,
                domain: .microsoft,
                name: "n",
                inputs: example.inputs,
                outputs: ["y"],
                attributes: example.attributes
            )
            let difference = try kernelDifference([node], initializers, feeds, kernel: "dequantize")
            #expect(difference <= 1, "\(example.name)")
        }
    }

    @Test func `the greatest of quantised values is quantised once`() throws {
        let initializers = [
            "s": try floats([0.02], []), "z": try Self.zeros(.uint8, nil),
        ]
        let pool = [Attribute("kernel_shape", .ints([3, 3])), Attribute("strides", .ints([2, 2]))]
        let quantize = Node("QuantizeLinear", name: "q", inputs: ["x", "s", "z"], outputs: ["q"])
        let dequantize = Node("DequantizeLinear", name: "d", inputs: ["q", "s", "z"], outputs: ["g"])
        let feeds = ["x": try Tensor.noise([1, 16, 9, 8], seed: 5)]
        let ofNumbers = Node("MaxPool", name: "m", inputs: ["q"], outputs: ["y"], attributes: pool)
        let ofFloats = Node("MaxPool", name: "m", inputs: ["g"], outputs: ["y"], attributes: pool)
        for nodes in [[quantize, ofNumbers], [quantize, dequantize, ofFloats]] {
            #expect(try kernelDifference(nodes, initializers, feeds, kernel: "max-pool") == 0)
            let labels = try Self.kernels(nodes, initializers, feeds)
            #expect(labels.firstIndex { $0.hasPrefix("max-pool") } ?? 9 <= 1, "\(labels)")
        }
    }

    @Test func `convolutions are computed in 8 bits where it is asked for`() throws {
        let initializers = ["w": try Tensor.noise([48, 32, 1, 1], seed: 2), "b": try Tensor.noise([48], seed: 3)]
        let nodes = [
            Node("Conv", name: "c", inputs: ["x", "w", "b"], outputs: ["h"]),
            Node("Relu", name: "r", inputs: ["h"], outputs: ["y"]),
        ]
        let feeds = ["x": try Tensor.noise([2, 32, 9, 8], seed: 5)]
        var options = InferenceOptions.default
        options.precision = .int8
        let difference = try kernelDifference(nodes, initializers, feeds, kernel: "conv int8", options: options)
        #expect(difference <= 2e-2)
        #expect(difference > 1e-5)
    }

    private static func kernels(
        _ nodes: [Node],
        _ initializers: [String: Tensor],
        _ feeds: [String: Tensor]
    ) throws -> [String] {
        let model = model(
            nodes,
            inputs: feeds.keys.sorted(),
            outputs: ["y"],
            initializers: initializers,
            types: feeds.mapValues { .tensor($0.elementType, shape: nil) },
            opsets: [OpsetImport(domain: .onnx, version: 21), OpsetImport(domain: .microsoft, version: 1)]
        )
        let profile = RunProfile()
        let session = try InferenceSession(model, options: .default)
        _ = try session.run(feeds.mapValues { Value.tensor($0) }, profile: profile)
        return profile.events.map(\.label)
    }
}
