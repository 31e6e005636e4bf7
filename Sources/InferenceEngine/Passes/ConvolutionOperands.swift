import OnnxIR
import Tensors

extension Passes {
    /// A constant for each channel that is added to a `Conv` without a bias becomes its bias.
    ///
    /// *Source*: ONNX Runtime's `quantize_dynamic` adds the bias behind `ConvInteger`.
    static let convolutionBias = GraphPass.fusion("convolution-bias", roots: "Add") { match in
        guard match.areFloat(match.output) else { return nil }
        return match.commuted(match.node) { match, sum, bias in
            guard let layer = match.maker(of: sum, "Conv"), layer.input(2) == nil, let input = layer.input(0),
                let weights = layer.input(1), let channels = match.facts(weights).fixedShape?.dimensions.first,
                let rank = match.facts(weights).shape?.count, let numbers = match.index.constant(bias),
                numbers.elementType == .float, numbers.shape.elementCount == channels, numbers.shape.rank <= rank,
                rank - 1 <= numbers.shape.rank, numbers.shape[numbers.shape.rank - rank + 1] == channels,
                let shape = Shape([channels]), let vector = try? numbers.with(shape: shape)
            else { return nil }
            return NodeSketch(
                "Conv",
                opset: layer.version,
                attributes: layer.attributes,
                [.value(input), .value(weights), .constant(vector)]
            )
        }
    }

    /// Weights of a `Conv` that are dequantised elsewhere are dequantised beside it, so that a plan has both in one
    /// segment.
    static let convolutionWeights = GraphPass.fusion("convolution-weights", roots: "Conv") { match in
        guard let input = match.node.input(0), let weights = match.node.input(1),
            let position = match.index.maker(of: weights), position < match.root,
            match.index.graph.nodes[position].isStandard("DequantizeLinear"),
            case let made = match.index.graph.nodes[position],
            made.inputs.allSatisfy({ $0.map { match.index.constant($0) != nil } ?? true }),
            !match.index.graph.nodes[position..<match.root].allSatisfy({ $0.operation is DequantizeLinear })
        else { return nil }
        let operand = NodeSketch(
            "DequantizeLinear",
            opset: made.version,
            attributes: made.attributes,
            made.inputs.map { $0.map { .value($0) } ?? .absent }
        )
        return NodeSketch(
            "Conv",
            opset: match.node.version,
            attributes: match.node.attributes,
            [.value(input), .node(operand), match.node.input(2).map { .value($0) } ?? .absent]
        )
    }
}
