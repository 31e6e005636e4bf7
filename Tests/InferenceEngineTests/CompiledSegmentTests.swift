import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Graphs of several nodes, whose values share places and whose nodes are fused, against the reference interpreter.
@Suite struct CompiledSegmentTests {
    private var graph = Graph(name: "test")

    private static func noise(_ shape: [Int], seed: Int) throws -> Tensor {
        let count = shape.reduce(1, *)
        let elements = (0..<count).map { (index: Int) -> Float in
            let mixed = (index &+ seed &* 7919) &* 2_654_435_761 % 2003
            return Float(mixed - 1001) / 4000
        }
        return try floats(elements, shape)
    }

    private mutating func weights(_ name: String, _ shape: [Int]) throws -> String {
        graph.initializers.append(
            OnnxTensor(name: name, tensor: try Self.noise(shape, seed: graph.initializers.count + 1))
        )
        return name
    }

    private mutating func integers(_ name: String, _ elements: [Int64]) throws -> String {
        graph.initializers.append(OnnxTensor(name: name, tensor: try ints(elements)))
        return name
    }

    private mutating func node(_ type: String, _ inputs: [String], _ attributes: [Attribute] = []) -> String {
        let output = "v\(graph.nodes.count)"
        graph.nodes.append(Node(type, name: output, inputs: inputs, outputs: [output], attributes: attributes))
        return output
    }

    private mutating func expectAgreement(_ output: String, _ shape: [Int], tolerance: Float = 1e-4) throws {
        graph.inputs = [ValueInfo(name: "x", type: .tensor(.float, shape: nil))]
        graph.outputs = [ValueInfo(name: output, type: nil)]
        let model = Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
        let feeds = ["x": Value.tensor(try Self.noise(shape, seed: 99))]
        let reference = try InferenceSession(model, options: .reference).run(feeds)[output]?.tensor
        let expected = try #require(reference).elements(as: Float.self)
        let largest = expected.map(\.magnitude).max() ?? 0
        for set in InstructionSet.available {
            for threadCount in [1, 2] {
                var options = InferenceOptions.default
                options.instructionSet = set
                options.threadCount = threadCount
                let session = try InferenceSession(model, options: options)
                // Twice: the second run finds the memory as the first left it.
                for _ in 0..<2 {
                    let result = try #require(try session.run(feeds)[output]?.tensor).elements(as: Float.self)
                    #expect(result.count == expected.count)
                    let worst = zip(result, expected).map { abs($0 - $1) }.max() ?? 0
                    #expect(worst <= tolerance * largest, "\(set), \(threadCount) threads")
                }
            }
        }
    }

    @Test(arguments: [16, 24, 32, 96])
    mutating func `residual blocks of convolutions`(channels: Int) throws {
        let same = Attribute("pads", .ints([1, 1, 1, 1]))
        var x = node("Conv", ["x", try weights("w", [channels, 3, 3, 3])], [same])
        for block in 0..<2 {
            let inner = try weights("a\(block)", [channels, channels, 3, 3])
            let first = node("Relu", [node("Conv", [x, inner, try weights("b\(block)", [channels])], [same])])
            let outer = try weights("c\(block)", [channels, channels, 1, 1])
            x = node("Relu", [node("Add", [node("Conv", [first, outer]), x])])
        }
        let pooled = node("GlobalAveragePool", [node("MaxPool", [x], [Attribute("kernel_shape", .ints([2, 2]))])])
        let output = node("Gemm", [node("Flatten", [pooled]), try weights("d", [channels, 10])])
        try expectAgreement(output, [2, 3, 17, 19])
    }

    @Test(arguments: [1, 2, 6])
    mutating func `depthwise blocks with a residual`(stride: Int64) throws {
        let expand = node("Conv", ["x", try weights("a", [48, 24, 1, 1])])
        let clipped = node("Relu", [expand])
        let depthwise = node(
            "Conv",
            [clipped, try weights("b", [48, 1, 3, 3])],
            [
                Attribute("group", .int(48)), Attribute("pads", .ints([1, 1, 1, 1])),
                Attribute("strides", .ints([stride, stride])),
            ]
        )
        let projected = node("Conv", [node("HardSwish", [depthwise]), try weights("c", [24, 48, 1, 1])])
        let output = stride == 1 ? node("Add", [projected, "x"]) : node("Sigmoid", [projected])
        try expectAgreement(output, [1, 24, 13, 11])
    }

    @Test mutating func `concatenations, splits and scales of channels`() throws {
        let one = node("Conv", ["x", try weights("a", [32, 8, 1, 1])])
        let two = node("Conv", ["x", try weights("b", [16, 8, 3, 3])], [Attribute("pads", .ints([1, 1, 1, 1]))])
        let joined = node("Concat", [one, two], [Attribute("axis", .int(1))])
        let scaled = node(
            "Add",
            [node("Mul", [joined, try weights("s", [48, 1, 1])]), try weights("t", [48, 1, 1])]
        )
        let gate = node("Sigmoid", [node("GlobalAveragePool", [scaled])])
        let output = node("Mul", [scaled, gate])
        try expectAgreement(output, [2, 8, 9, 7])
    }

    /// Each layer reads all that the layers before it have made.
    @Test(arguments: [16, 24], [1, 2])
    mutating func `dense blocks join their layers`(growth: Int, batch: Int) throws {
        let channel = [Attribute("axis", .int(1))]
        var joined = node("Relu", [node("Conv", ["x", try weights("a", [32, 3, 1, 1])])])
        var channels = 32
        for layer in 0..<3 {
            let scaled = node("Mul", [joined, try weights("s\(layer)", [channels, 1, 1])])
            let shifted = node("Relu", [node("Add", [scaled, try weights("t\(layer)", [channels, 1, 1])])])
            let kernel = try weights("w\(layer)", [growth, channels, 3, 3])
            let made = node("Conv", [shifted, kernel], [Attribute("pads", .ints([1, 1, 1, 1]))])
            joined = node("Concat", layer == 1 ? [made, joined, made] : [joined, made], channel)
            channels += layer == 1 ? 2 * growth : growth
        }
        let twice = node("Concat", [joined, node("Neg", [joined])], channel)
        let other = node("Sigmoid", [node("Concat", [joined, joined], channel)])
        try expectAgreement(node("Add", [node("Tanh", [twice]), other]), [batch, 3, 6, 5])
    }

    /// Groups whose channels change places, as in ShuffleNet.
    @Test(arguments: [36, 32, 12], [1, 2])
    mutating func `shuffled groups of channels`(channels: Int, batch: Int) throws {
        let groups = Attribute("group", .int(4))
        let shape = [Int64(batch), 4, Int64(channels / 4), 6, 5]
        let split = try integers("split", shape)
        let whole = try integers("whole", [Int64(batch), Int64(channels), 6, 5])
        var x = node("Relu", [node("Conv", ["x", try weights("a", [channels, 3, 1, 1])])])
        for unit in 0..<2 {
            let first = node("Conv", [x, try weights("b\(unit)", [channels, channels / 4, 1, 1])], [groups])
            let parts = node("Reshape", [node("Relu", [first]), split])
            let moved = node("Transpose", [parts], [Attribute("perm", .ints([0, 2, 1, 3, 4]))])
            let shuffled = node("Reshape", [moved, whole])
            let depthwise = node(
                "Conv",
                [shuffled, try weights("c\(unit)", [channels, 1, 3, 3]), try weights("d\(unit)", [channels])],
                [Attribute("group", .int(Int64(channels))), Attribute("pads", .ints([1, 1, 1, 1]))]
            )
            let last = node("Conv", [depthwise, try weights("e\(unit)", [channels, channels / 4, 1, 1])], [groups])
            x = node("Relu", [node("Add", [last, unit == 0 ? x : shuffled])])
        }
        try expectAgreement(x, [batch, 3, 6, 5])
    }

    @Test mutating func `concatenations of views and of what is handed on`() throws {
        let rows = [Attribute("axis", .int(0))]
        let halves = node("Reshape", [node("Abs", ["x"]), try integers("shape", [2, 12])])
        let joined = node("Concat", [halves, "x", node("Exp", ["x"]), halves], rows)
        let output = node("Concat", [node("Neg", [joined]), joined], rows)
        try expectAgreement(output, [2, 12])
    }

    @Test(arguments: [1, 7])
    mutating func `layers of products with residual sums`(rows: Int) throws {
        var x = "x"
        for layer in 0..<3 {
            let hidden = node(
                "Add",
                [node("MatMul", [x, try weights("a\(layer)", [40, 96])]), try weights("b\(layer)", [96])]
            )
            let active = node("Tanh", [hidden])
            let back = node("Add", [node("MatMul", [active, try weights("c\(layer)", [96, 40])]), x])
            x = node("LayerNormalization", [back, try weights("g\(layer)", [40]), try weights("h\(layer)", [40])])
        }
        try expectAgreement(node("Softmax", [x]), [3, rows, 40])
    }

    /// Which of its outputs a recurrent layer names: all steps, the last state, the last cell.
    @Test(arguments: [("LSTM", 4), ("GRU", 3), ("RNN", 1)], [[0], [1], [0, 1], [2], [1, 2]])
    mutating func `recurrent layers that name some of their outputs`(layer: (String, Int), named: [Int]) throws {
        let (type, gates) = layer
        guard type == "LSTM" || !named.contains(2) else { return }
        let hidden = 12
        let inputs = [
            "x", try weights("w", [2, gates * hidden, 6]), try weights("r", [2, gates * hidden, hidden]),
            try weights("b", [2, 2 * gates * hidden]),
        ]
        let outputs = (0...2).map { named.contains($0) ? "s\($0)" : "" }
        graph.nodes.append(
            Node(
                type,
                name: "layer",
                inputs: inputs,
                outputs: Array(outputs[...(named.last ?? 0)]),
                attributes: [
                    Attribute("hidden_size", .int(Int64(hidden))),
                    Attribute("direction", .string(Array("bidirectional".utf8))),
                ]
            )
        )
        var sum = node("ReduceSum", ["s\(named[0])"])
        for output in named.dropFirst() { sum = node("Mul", [sum, node("ReduceMax", ["s\(output)"])]) }
        try expectAgreement(sum, [5, 3, 6])
    }

    @Test mutating func `transposed convolutions of other strides may share their weights`() throws {
        let filters = try weights("w", [3, 4, 3, 3])
        let wide = Attribute("strides", .ints([2, 3]))
        let padded = Attribute("pads", .ints([1, 1, 1, 1]))
        let sums = [[wide], [], [padded], [wide, padded]].map { attributes in
            node("ReduceSum", [node("Relu", [node("ConvTranspose", ["x", filters], attributes)])])
        }
        try expectAgreement(node("Concat", sums, [Attribute("axis", .int(0))]), [1, 3, 5, 5])
    }

    @Test mutating func `transposed convolutions of huge strides`() throws {
        let huge = Attribute("strides", .ints([1 << 31, 1 << 31, 4] as [Int64]))
        let output = node("Neg", [node("ConvTranspose", ["x", try weights("w", [1, 40, 3, 3, 3])], [huge])])
        try expectAgreement(output, [1, 1, 1, 1, 1])
    }
}
