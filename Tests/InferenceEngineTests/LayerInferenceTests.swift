import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A layer over shapes with symbols, and what is inferred of its outputs.
private struct InferredLayer: Sendable, CustomTestStringConvertible {
    let opType: String
    var opset: Int64 = 28
    var attributes: [String: AttributeValue] = [:]
    let shapes: [[Dimension]]
    let outputs: [String]

    var testDescription: String { "\(opType) \(shapes)" }
}

private let image: [Dimension] = ["n", 4, "h", 32]
private let sequence: [Dimension] = ["t", "n", 8]

private let layers: [InferredLayer] = [
    InferredLayer(
        opType: "Conv",
        attributes: ["pads": .ints([1, 1, 1, 1])],
        shapes: [image, [6, 4, 3, 3]],
        outputs: ["tensor(float)[n, 6, h, 32]"]
    ),
    InferredLayer(
        opType: "Conv",
        attributes: ["strides": .ints([2, 2])],
        shapes: [image, ["m", 4, 3, 3]],
        outputs: ["tensor(float)[n, m, ?, 15]"]
    ),
    InferredLayer(
        opType: "Conv",
        attributes: ["auto_pad": .string("SAME_UPPER")],
        shapes: [image, [6, 4, 4, "k"]],
        outputs: ["tensor(float)[n, 6, h, ?]"]
    ),
    InferredLayer(
        opType: "ConvTranspose",
        attributes: ["strides": .ints([2, 2]), "group": .int(2)],
        shapes: [image, [4, 3, 2, 2]],
        outputs: ["tensor(float)[n, 6, ?, 64]"]
    ),
    InferredLayer(
        opType: "MaxPool",
        attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([1, 2]), "pads": .ints([1, 1, 1, 1])],
        shapes: [image],
        outputs: ["tensor(float)[n, 4, h, 16]", "tensor(int64)[n, 4, h, 16]"]
    ),
    InferredLayer(
        opType: "LpPool",
        attributes: ["kernel_shape": .ints([2, 2]), "ceil_mode": .int(1), "strides": .ints([3, 3])],
        shapes: [image],
        outputs: ["tensor(float)[n, 4, ?, 11]"]
    ),
    InferredLayer(opType: "GlobalMaxPool", shapes: [image], outputs: ["tensor(float)[n, 4, 1, 1]"]),
    InferredLayer(
        opType: "LSTM",
        attributes: ["direction": .string("bidirectional")],
        shapes: [sequence, [2, 20, 8], [2, 20, 5]],
        outputs: ["tensor(float)[t, 2, n, 5]", "tensor(float)[2, n, 5]", "tensor(float)[2, n, 5]"]
    ),
    InferredLayer(
        opType: "GRU",
        attributes: ["layout": .int(1), "hidden_size": .int(5)],
        shapes: [["n", "t", 8], ["d", "g", 8], ["d", "g", "h"]],
        outputs: ["tensor(float)[n, t, 1, 5]", "tensor(float)[n, 1, 5]"]
    ),
    InferredLayer(
        opType: "LayerNormalization",
        attributes: ["axis": .int(1)],
        shapes: [sequence, [8]],
        outputs: ["tensor(float)[t, n, 8]", "tensor(float)[t, 1, 1]", "tensor(float)[t, 1, 1]"]
    ),
    InferredLayer(
        opType: "NegativeLogLikelihoodLoss",
        attributes: ["reduction": .string("none")],
        shapes: [["n", 4, "h"], ["n", "h"]],
        outputs: ["tensor(float)[n, h]"]
    ),
    InferredLayer(
        opType: "Attention",
        attributes: ["q_num_heads": .int(4), "kv_num_heads": .int(2)],
        shapes: [["n", "l", 16], ["n", "s", 8], ["n", "s", 12]],
        outputs: [
            "tensor(float)[n, l, 24]", "tensor(float)[n, 2, s, 4]", "tensor(float)[n, 2, s, 6]",
            "tensor(float)[n, 4, l, s]",
        ]
    ),
    InferredLayer(
        opType: "LinearAttention",
        attributes: ["q_num_heads": .int(4), "kv_num_heads": .int(2)],
        shapes: [["n", "l", 16], ["n", "l", 8], ["n", "l", 12]],
        outputs: ["tensor(float)[n, l, 24]", "tensor(float)[n, 2, 4, 6]"]
    ),
    InferredLayer(
        opType: "CausalConvWithState",
        shapes: [["n", "c", "l"], ["c", 1, 4]],
        outputs: ["tensor(float)[n, c, l]", "tensor(float)[n, c, 3]"]
    ),
    InferredLayer(
        opType: "Einsum",
        attributes: ["equation": .string("...ij,...jk->...ik")],
        shapes: [["n", 1, "i", 8], [4, 8, "k"]],
        outputs: ["tensor(float)[n, 4, i, k]"]
    ),
]

@Suite struct LayerInferenceTests {
    @Test(arguments: layers)
    private func `what is known of a layer's inputs is known of its outputs`(layer: InferredLayer) throws {
        let inputs = layer.shapes.indices.map { "x\($0)" }
        let outputs = layer.outputs.indices.map { "y\($0)" }
        let attributes = layer.attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
        var graph = Graph(name: "layer")
        graph.inputs = zip(inputs, layer.shapes).map { ValueInfo(name: $0, type: .tensor(.float, $1)) }
        graph.outputs = outputs.map { ValueInfo(name: $0, type: nil) }
        graph.nodes = [Node(layer.opType, inputs: inputs, outputs: outputs, attributes: attributes)]
        let imports = [OpsetImport(domain: .onnx, version: layer.opset)]
        let values = try InferredValue.all(in: Model(irVersion: 13, opsetImports: imports, graph: graph))
        #expect(values.suffix(outputs.count).map { $0.type?.description } == layer.outputs)
    }
}
