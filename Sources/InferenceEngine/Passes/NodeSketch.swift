import OnnxIR
import Tensors

/// A node that a pass wants made, with the nodes and constants that it wants made for its inputs.
struct NodeSketch {
    enum Operand {
        /// An optional input that is not given.
        case absent
        case value(ValueID)
        case constant(Tensor)
        indirect case node(NodeSketch)
    }

    let name: String
    let domain: OperatorDomain
    let opset: Int
    let attributes: [String: AttributeValue]
    let inputs: [Operand]

    init(
        _ name: String,
        domain: OperatorDomain = .onnx,
        opset: Int,
        attributes: [String: AttributeValue] = [:],
        _ inputs: [Operand]
    ) {
        self.name = name
        self.domain = domain
        self.opset = opset
        self.attributes = attributes
        self.inputs = inputs
    }
}

extension LoadedGraph {
    /// Makes what is sketched: the nodes in the order in which they run, the last of which makes `output`.
    ///
    /// *Throws*: as the operators do when they are prepared.
    mutating func make(_ sketch: NodeSketch, output: ValueID, label: String) throws(EngineError) -> [LoadedNode] {
        var made: [LoadedNode] = []
        var inputs: [ValueID?] = []
        for operand in sketch.inputs {
            switch operand {
            case .absent: inputs.append(nil)
            case .value(let value): inputs.append(value)
            case .constant(let tensor):
                let value = newValue("\(label)/\(sketch.name)/constant")
                constants[value] = .tensor(tensor)
                inputs.append(value)
            case .node(let inner):
                let value = newValue("\(label)/\(inner.name)")
                made += try make(inner, output: value, label: label)
                inputs.append(value)
            }
        }
        while case .some(nil) = inputs.last { inputs.removeLast() }
        made.append(
            try LoadedNode(
                sketch.name,
                domain: sketch.domain,
                opset: sketch.opset,
                attributes: sketch.attributes,
                inputs: inputs,
                outputs: [output],
                label: label
            )
        )
        return made
    }
}
