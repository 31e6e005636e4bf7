import OnnxIR
import Tensors

/// Adds the quantised forms of layers to a graph: `QuantizeLinear` and `DequantizeLinear` around what is quantised.
///
/// Activations are `uint8` with one scale, weights `int8` around zero with a scale for each output channel, biases
/// `int32` in the scales of the products.
///
/// *Source*: the QDQ form that ONNX Runtime's `quantize_static` writes.
struct LayerQuantizer {
    private let ranges: [String: ActivationRange]
    private var usedNames: Set<String>
    /// Names of dequantised values, by what they were.
    private var activations: [String: String] = [:]
    private var weights: [WeightKey: (weights: String, bias: String?)] = [:]
    private(set) var initializers: [OnnxTensor] = []

    private struct WeightKey: Hashable {
        let name: String
        let axis: Int?
        let bias: String?
        let activation: String?
    }

    /// The greatest magnitude of a weight's number.
    private let greatestWeight: Float

    init(_ graph: Graph, ranges: [String: ActivationRange], reducesRange: Bool) {
        self.ranges = ranges
        usedNames = graph.names
        greatestWeight = reducesRange ? 63 : 127
    }

    /// The nodes that come before a layer, and the layer's node over quantised inputs.
    mutating func quantize(_ layer: Layer, _ node: Node) throws(TensorError) -> (before: [Node], node: Node) {
        var before: [Node] = []
        var node = node
        var activationScale: Float = 1
        if let activation = layer.activation, let range = ranges[activation] {
            activationScale = range.parameters.scale
            node.inputs[0] = try dequantized(activation, range, &before)
        }
        let key = WeightKey(
            name: layer.weights.name,
            axis: layer.axis,
            bias: layer.bias?.name,
            activation: layer.bias == nil ? nil : layer.activation
        )
        let names: (weights: String, bias: String?)
        if let known = weights[key] {
            names = known
        } else {
            names = try dequantized(layer, activationScale, &before)
            weights[key] = names
        }
        node.inputs[layer.weightsInput] = names.weights
        if let bias = names.bias { node.inputs[2] = bias }
        return (before, node)
    }

    /// A name that no value and no node of the graph has.
    mutating func fresh(_ name: String) -> String {
        var candidate = name
        var suffix = 1
        while !usedNames.insert(candidate).inserted {
            candidate = "\(name)_\(suffix)"
            suffix += 1
        }
        return candidate
    }

    private mutating func dequantized(
        _ layer: Layer,
        _ activationScale: Float,
        _ before: inout [Node]
    ) throws(TensorError) -> (weights: String, bias: String?) {
        let quantized = try QuantizedWeights(
            layer.weights.tensor,
            axis: layer.axis,
            greatest: greatestWeight,
            bias: layer.bias?.tensor,
            activationScale: activationScale
        )
        let zeros = [Int8](repeating: 0, count: quantized.scales.count)
        let weights = dequantization(
            of: quantized.numbers,
            named: layer.weights.name,
            scales: try parameters(quantized.scales, layer.axis),
            zeroPoints: try parameters(zeros, layer.axis),
            axis: layer.axis
        )
        before.append(weights)
        guard let bias = layer.bias else { return (weights.name, nil) }
        let (numbers, scales) = try quantized.quantized(bias: bias.tensor, activationScale: activationScale)
        let biases = dequantization(
            of: try Tensor(numbers),
            named: bias.name,
            scales: try parameters(scales, layer.axis),
            zeroPoints: nil,
            axis: layer.axis.map { _ in 0 }
        )
        before.append(biases)
        return (weights.name, biases.name)
    }

    private mutating func dequantized(
        _ activation: String,
        _ range: ActivationRange,
        _ before: inout [Node]
    ) throws(TensorError) -> String {
        if let known = activations[activation] { return known }
        let (scale, zeroPoint) = range.parameters
        let operands = [
            add(try Tensor([scale], shape: .scalar), named: activation + "_scale"),
            add(try Tensor([zeroPoint], shape: .scalar), named: activation + "_zero_point"),
        ]
        let numbers = fresh(activation + "_quantized")
        let floats = fresh(activation + "_dequantized")
        before.append(Node("QuantizeLinear", name: numbers, inputs: [activation] + operands, outputs: [numbers]))
        before.append(Node("DequantizeLinear", name: floats, inputs: [numbers] + operands, outputs: [floats]))
        activations[activation] = floats
        return floats
    }

    /// A node that is named as its output.
    private mutating func dequantization(
        of numbers: Tensor,
        named name: String,
        scales: Tensor,
        zeroPoints: Tensor?,
        axis: Int?
    ) -> Node {
        var inputs = [add(numbers, named: name + "_quantized"), add(scales, named: name + "_scale")]
        if let zeroPoints { inputs.append(add(zeroPoints, named: name + "_zero_point")) }
        let output = fresh(name + "_dequantized")
        let attributes = axis.map { [Attribute("axis", .int(Int64($0)))] } ?? []
        return Node("DequantizeLinear", name: output, inputs: inputs, outputs: [output], attributes: attributes)
    }

    private mutating func add(_ tensor: Tensor, named name: String) -> String {
        let name = fresh(name)
        initializers.append(OnnxTensor(name: name, tensor: tensor))
        return name
    }

    private func parameters<Element: TensorElement>(
        _ elements: [Element],
        _ axis: Int?
    ) throws(TensorError) -> Tensor {
        try Tensor(elements, shape: axis == nil ? .scalar : .vector(elements.count))
    }
}

extension Graph {
    /// The names of all values and nodes, those of nested graphs too.
    var names: Set<String> {
        var names = Set(initializers.map(\.name) + sparseInitializers.map(\.values.name) + inputs.map(\.name))
        for node in nodes {
            names.formUnion(node.inputs + node.outputs + [node.name])
            for graph in node.graphs { names.formUnion(graph.names) }
        }
        return names
    }

    /// The names of the values that something reads.
    var readNames: Set<String> {
        var names = Set(outputs.map(\.name))
        for node in nodes {
            names.formUnion(node.inputs)
            for graph in node.graphs { names.formUnion(graph.readNames) }
        }
        return names
    }

    /// Drops initializers, and constants among the nodes, that nothing reads.
    mutating func dropUnreadConstants() {
        var count: Int
        repeat {
            count = nodes.count
            let read = readNames
            initializers.removeAll { !read.contains($0.name) }
            nodes.removeAll { node in
                node.domain == .onnx && ["Constant", "Identity"].contains(node.opType)
                    && !node.outputs.contains { read.contains($0) }
            }
        } while nodes.count < count
    }
}

extension Node {
    fileprivate var graphs: [Graph] {
        attributes.flatMap { attribute -> [Graph] in
            switch attribute.value {
            case .graph(let graph): [graph]
            case .graphs(let graphs): graphs
            default: []
            }
        }
    }
}
