import OnnxIR
import Tensors

/// A node with constant weights, which can be quantised.
struct Layer {
    let kind: LayerKind
    /// Where the node stands in the graph.
    let position: Int
    /// The node's name, or that of its output.
    let name: String
    /// The value that is quantised by its calibrated range; `nil` for a table.
    let activation: String?
    let weights: OnnxTensor
    let weightsInput: Int
    /// The axis of the weights along which each index has a scale of its own; `nil` for one scale.
    let axis: Int?
    /// The bias that is added to the sums as it is.
    let bias: OnnxTensor?

    var output: String

    /// *Source*: `Conv`, `Gather`, `Gemm` and `MatMul` in Operators.md of ONNX.
    init?(_ node: Node, at position: Int, constants: Constants, perAxis: Bool) {
        guard node.domain == .onnx, let kind = LayerKind(rawValue: node.opType), node.inputs.count >= 2,
            let output = node.outputs.first
        else { return nil }
        let input = kind == .gather ? 0 : 1
        guard let weights = constants[node.inputs[input]], weights.tensor.elementType == .float,
            weights.tensor.shape.elementCount > 0
        else { return nil }
        let rank = weights.tensor.shape.rank
        var axis: Int?
        var bias: OnnxTensor?
        switch kind {
        case .conv:
            guard rank >= 3 else { return nil }
            axis = 0
            bias = node.inputs.count > 2 ? constants[node.inputs[2]] : nil
        case .gemm:
            guard rank == 2, node.integer("transA") == 0 else { return nil }
            axis = node.integer("transB") == 0 ? 1 : 0
            let isPlain = node.number("alpha") == 1 && node.number("beta") == 1
            bias = isPlain && node.inputs.count > 2 ? constants[node.inputs[2]] : nil
        case .matMul:
            guard rank == 2 else { return nil }
            axis = 1
        case .gather:
            guard rank == 2, weights.tensor.shape.elementCount >= Self.tableElementCount else { return nil }
        }
        if let tensor = bias?.tensor {
            let count = axis.map { weights.tensor.shape[$0] }
            if tensor.elementType != .float || tensor.shape.dimensions != [count] { bias = nil }
        }
        self.kind = kind
        self.position = position
        self.output = output
        self.weights = weights
        self.axis = perAxis ? axis : nil
        self.bias = bias
        name = node.name.isEmpty ? output : node.name
        activation = kind == .gather ? nil : node.inputs[0]
        weightsInput = input
    }

    var isFinite: Bool {
        get throws(TensorError) {
            for tensor in [weights.tensor, bias?.tensor].compactMap(\.self) {
                let isFinite = try tensor.withElements(of: Float.self) { elements throws(TensorError) in
                    elements.allSatisfy(\.isFinite)
                }
                guard isFinite else { return false }
            }
            return true
        }
    }

    /// Elements from which on a table is worth the rounding.
    private static let tableElementCount = 1 << 16
}

extension Node {
    fileprivate func integer(_ name: String) -> Int64 {
        guard case .int(let value)? = attribute(name)?.value else { return 0 }
        return value
    }

    fileprivate func number(_ name: String) -> Float {
        guard case .float(let value)? = attribute(name)?.value else { return 1 }
        return value
    }
}

/// The tensors of a graph that no run changes: initializers, and what `Constant` and `Identity` make of them.
struct Constants {
    private var tensors: [String: OnnxTensor] = [:]

    init(_ model: Model) {
        // SPEC: from IR version 4 on, an initializer that is an input too is only its default.
        let inputs = model.irVersion < 4 ? [] : Set(model.graph.inputs.map(\.name))
        for tensor in model.graph.initializers where !inputs.contains(tensor.name) { tensors[tensor.name] = tensor }
        for node in model.graph.nodes where node.domain == .onnx {
            guard let output = node.outputs.first else { continue }
            switch node.opType {
            case "Constant":
                guard case .tensor(var tensor)? = node.attribute("value")?.value else { continue }
                tensor.name = output
                tensors[output] = tensor
            case "Identity": tensors[output] = node.inputs.first.flatMap { tensors[$0] }
            default: continue
            }
        }
    }

    subscript(name: String) -> OnnxTensor? { tensors[name] }
}
