import Diagnostics
import OnnxIR
import Tensors

extension LoadedNode {
    /// A node that no file has: an operator of a list, at a version of its domain, with attributes and values.
    ///
    /// *Throws*: `unsupportedOperator` when no list has it, `attribute` for what it does not take.
    init(
        _ name: String,
        domain: OperatorDomain = .onnx,
        opset: Int,
        attributes: [String: AttributeValue] = [:],
        inputs: [ValueID?],
        outputs: [ValueID?],
        label: String
    ) throws(EngineError) {
        let node = Node(
            name,
            domain: domain,
            name: label,
            inputs: inputs.map { $0.map { "\($0)" } ?? "" },
            outputs: outputs.map { $0.map { "\($0)" } ?? "" },
            attributes: attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
        )
        let definition = try OperatorLists.definition(of: node, opset: opset)
        let version = definition.version(at: opset)
        let context = NodeContext(
            node,
            version: version,
            attributes: attributes,
            hasInput: inputs.map { $0 != nil },
            imageDecoder: nil,
            symbol: "unk__" + label,
            hold: { _ throws(EngineError) in },
            makeDense: { tensor throws(EngineError) in try tensor.dense(RunState(limits: InferenceLimits())) },
            loadSubgraph: { _ throws(EngineError) in
                throw EngineError(.graph, "the node has a graph, expected none in one that a pass makes")
            }
        )
        self.init(
            place: .node(label, operator: domain == .onnx ? name : "\(domain).\(name)", opset: opset),
            definition: definition,
            operation: try definition.prepare(context),
            typeVariables: definition.halves == .widened ? TypeVariables(of: node, opset: opset) : nil,
            inputs: inputs,
            captures: [],
            outputs: outputs,
            attributes: attributes,
            version: version
        )
    }

    /// The name of the node, or of its first output.
    var label: String {
        guard case .item(_, let name, _)? = place.segments.last else { return "" }
        return name
    }

    /// The operator: its name, behind its domain unless that is `ai.onnx`.
    var operatorName: String {
        definition.domain == .onnx ? definition.name : "\(definition.domain).\(definition.name)"
    }

    /// Whether the node is of an operator of `ai.onnx` with one of these names.
    func isStandard(_ names: String...) -> Bool {
        definition.domain == .onnx && names.contains(definition.name)
    }
}
