import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Values between convolutions of dequantised numbers, which stay in 8 bits.
@Suite struct EightBitChainTests {
    private typealias Products = QuantizedProductTests

    /// The nodes of a graph of quantised values, and their constants.
    private struct Chain {
        var nodes: [Node] = []
        var initializers: [String: Tensor] = [:]
        let type: ElementType

        init(_ type: ElementType) { self.type = type }

        private func zero(_ number: UInt8) throws -> Tensor {
            type == .int8
                ? try Tensor([Int8(bitPattern: number &+ 128)], shape: .scalar) : try Tensor([number], shape: .scalar)
        }

        /// Quantises a value and makes floats of the numbers, in a scale that begins with the value's name.
        mutating func quantise(_ value: String, as name: String, scale: Float, zero number: UInt8 = 120) throws {
            initializers["\(name)/s"] = try floats([scale], [])
            initializers["\(name)/z"] = try zero(number)
            let parameters = ["\(name)/s", "\(name)/z"]
            nodes.append(
                Node("QuantizeLinear", name: "\(name)/q", inputs: [value] + parameters, outputs: ["\(name)/n"])
            )
            nodes.append(
                Node("DequantizeLinear", name: "\(name)/d", inputs: ["\(name)/n"] + parameters, outputs: [name])
            )
        }

        mutating func convolve(_ value: String, as name: String, _ weights: [Int], stride: Int = 1) throws {
            let pad = Int64(weights[2] / 2)
            initializers["\(name)/w"] = try Products.signed(weights, seed: UInt64(weights[0] + 3 * weights[2]))
            initializers["\(name)/ws"] = try Products.scales(weights[0])
            initializers["\(name)/wz"] = try Tensor([Int8](repeating: 0, count: weights[0]), shape: Shape([weights[0]]))
            initializers["\(name)/b"] = try Tensor.noise([weights[0]], seed: 8)
            nodes.append(
                Node(
                    "DequantizeLinear",
                    name: "\(name)/v",
                    inputs: ["\(name)/w", "\(name)/ws", "\(name)/wz"],
                    outputs: ["\(name)/v"],
                    attributes: [Attribute("axis", .int(0))]
                )
            )
            nodes.append(
                Node(
                    "Conv",
                    name: name,
                    inputs: [value, "\(name)/v", "\(name)/b"],
                    outputs: [name],
                    attributes: [
                        Attribute("pads", .ints([pad, pad, pad, pad])),
                        Attribute("strides", .ints([Int64(stride), Int64(stride)])),
                    ]
                )
            )
        }

        mutating func apply(_ name: String, _ inputs: [String], as output: String, _ attributes: [Attribute] = []) {
            nodes.append(Node(name, name: output, inputs: inputs, outputs: [output], attributes: attributes))
        }

        func feeds(_ shape: [Int]) throws -> [String: Tensor] { ["x": try Tensor.noise(shape, seed: 5)] }

        func kernels(_ feeds: [String: Tensor]) throws -> [String] {
            let model = model(
                nodes,
                inputs: feeds.keys.sorted(),
                outputs: ["y"],
                initializers: initializers,
                types: feeds.mapValues { .tensor($0.elementType, shape: nil) },
                opsets: [OpsetImport(domain: .onnx, version: 21)]
            )
            let profile = RunProfile()
            _ = try InferenceSession(model, options: .default).run(feeds.mapValues { .tensor($0) }, profile: profile)
            return profile.events.map(\.label)
        }
    }

    /// A block of a residual network, whose shortcut is a convolution or the block's input.
    private static func block(_ type: ElementType, channels: Int, hasShortcut: Bool) throws -> Chain {
        var chain = Chain(type)
        try chain.quantise("x", as: "a", scale: 0.02)
        try chain.convolve("a", as: "stem", [channels, 3, 3, 3])
        chain.apply("Relu", ["stem"], as: "stem/r")
        try chain.quantise("stem/r", as: "b", scale: 0.05, zero: 3)
        let window = [Attribute("kernel_shape", .ints([3, 3])), Attribute("strides", .ints([2, 2]))]
        chain.apply("MaxPool", ["b"], as: "pool", window)
        try chain.quantise("pool", as: "c", scale: 0.05, zero: 3)
        try chain.convolve("c", as: "one", [channels, channels, 3, 3])
        try chain.quantise("one", as: "d", scale: 0.9, zero: 0)
        try chain.convolve("d", as: "two", [channels, channels, 1, 1])
        try chain.quantise("two", as: "e", scale: 4)
        if hasShortcut {
            try chain.convolve("c", as: "side", [channels, channels, 1, 1])
            try chain.quantise("side", as: "f", scale: 0.6)
            chain.apply("Add", ["f", "e"], as: "sum")
        } else {
            chain.apply("Add", ["e", "c"], as: "sum")
        }
        chain.apply("Relu", ["sum"], as: "sum/r")
        try chain.quantise("sum/r", as: "g", scale: 4, zero: 0)
        try chain.convolve("g", as: "last", [24, channels, 1, 1], stride: 2)
        try chain.quantise("last", as: "y", scale: 20)
        return chain
    }

    @Test(arguments: [ElementType.int8, .uint8], [16, 20, 48]) func `blocks have nothing but numbers in between`(
        _ type: ElementType,
        _ channels: Int
    ) throws {
        for hasShortcut in [true, false] {
            let chain = try Self.block(type, channels: channels, hasShortcut: hasShortcut)
            let feeds = try chain.feeds([2, 3, 15, 17])
            let difference = try kernelDifference(chain.nodes, chain.initializers, feeds, kernel: "max-pool int8")
            #expect(difference <= 0.02)
            let labels = try chain.kernels(feeds)
            #expect(labels.count { $0.hasPrefix("conv int8") && $0.hasSuffix("to 8 bits") } == (hasShortcut ? 5 : 4))
            #expect(labels.contains { $0.hasSuffix("numbers to 8 bits") }, "\(labels)")
            #expect(!labels.contains { $0.hasPrefix("add") }, "\(labels)")
            #expect(labels.count { $0.hasPrefix("requantize") || $0.hasPrefix("dequantize") } <= 1, "\(labels)")
        }
    }

    @Test func `a value that is quantised in two ways, or read as it is, stays a float`() throws {
        for reads in ["second scale", "graph output"] {
            var chain = Chain(.uint8)
            try chain.quantise("x", as: "a", scale: 0.02)
            try chain.convolve("a", as: "h", [16, 16, 3, 3])
            try chain.quantise("h", as: "b", scale: 0.9)
            try chain.convolve("b", as: "i", [16, 16, 1, 1])
            if reads == "graph output" {
                chain.apply("Add", ["i", "h"], as: "y")
            } else {
                try chain.quantise("h", as: "c", scale: 1.1)
                try chain.convolve("c", as: "j", [16, 16, 1, 1])
                chain.apply("Add", ["i", "j"], as: "y")
            }
            let feeds = try chain.feeds([1, 16, 9, 8])
            #expect(try kernelDifference(chain.nodes, chain.initializers, feeds, kernel: "conv int8") <= 0.01)
            #expect(try chain.kernels(feeds).allSatisfy { !$0.hasSuffix("to 8 bits") })
        }
    }

    @Test(arguments: [(0, 6), (5, 2), (-30, 100)] as [(Float, Float)]) func `bounds of results hold`(
        _ low: Float,
        _ high: Float
    ) throws {
        var chain = Chain(.uint8)
        try chain.quantise("x", as: "a", scale: 0.02)
        try chain.convolve("a", as: "h", [20, 16, 3, 3])
        chain.initializers["low"] = try floats([low], [])
        chain.initializers["high"] = try floats([high], [])
        chain.apply("Clip", ["h", "low", "high"], as: "i")
        try chain.quantise("i", as: "b", scale: 0.1, zero: 20)
        try chain.convolve("b", as: "j", [16, 20, 1, 1])
        try chain.quantise("j", as: "y", scale: 0.5)
        let feeds = try chain.feeds([1, 16, 9, 8])
        #expect(try kernelDifference(chain.nodes, chain.initializers, feeds, kernel: "conv int8") <= 0.02)
        #expect(try chain.kernels(feeds).contains { $0.hasSuffix("clip to 8 bits") })
    }

    @Test func `a scale that comes with the request keeps a value in floats`() throws {
        var chain = Chain(.uint8)
        try chain.quantise("x", as: "a", scale: 0.02)
        try chain.convolve("a", as: "h", [16, 16, 3, 3])
        try chain.quantise("h", as: "b", scale: 0.9)
        chain.initializers["b/s"] = nil
        try chain.convolve("b", as: "y", [16, 16, 1, 1])
        var feeds = try chain.feeds([1, 16, 9, 8])
        feeds["b/s"] = try floats([0.9], [])
        #expect(try kernelDifference(chain.nodes, chain.initializers, feeds, kernel: "conv int8") <= 0.01)
        #expect(try chain.kernels(feeds).allSatisfy { !$0.hasSuffix("to 8 bits") })
    }

    @Test func `what reads floats is given those of the numbers`() throws {
        var chain = Chain(.uint8)
        try chain.quantise("x", as: "a", scale: 0.02)
        try chain.convolve("a", as: "h", [20, 16, 3, 3])
        chain.apply("HardSwish", ["h"], as: "i")
        try chain.quantise("i", as: "b", scale: 0.9)
        try chain.convolve("b", as: "j", [16, 20, 1, 1])
        chain.apply("GlobalAveragePool", ["b"], as: "k")
        chain.apply("ReduceMean", ["j"], as: "l")
        chain.apply("Add", ["k", "l"], as: "y")
        let feeds = try chain.feeds([1, 16, 9, 8])
        #expect(try kernelDifference(chain.nodes, chain.initializers, feeds, kernel: "conv int8") <= 0.01)
        let labels = try chain.kernels(feeds)
        #expect(labels.contains { $0.hasPrefix("dequantize-block") }, "\(labels)")
    }
}
