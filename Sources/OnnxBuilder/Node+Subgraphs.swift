import OnnxIR

extension Node {
    /// The graphs in the node's attributes.
    var subgraphs: [Graph] { attributes.flatMap(\.value.subgraphs) }

    /// What the node reads, with what the graphs inside of it do.
    var reads: [String] { inputs + subgraphs.flatMap { $0.nodes.flatMap(\.reads) + $0.outputs.map(\.name) } }

    /// The domains of the node and of those in the graphs inside of it.
    var domains: Set<OperatorDomain> {
        subgraphs.flatMap(\.nodes).reduce(into: [domain]) { $0.formUnion($1.domains) }
    }

    /// The node with another name for a value that it reads, in the graphs inside of it too.
    func reading(_ name: String, as other: String) -> Node {
        var node = self
        node.inputs = inputs.map { $0 == name ? other : $0 }
        node.attributes = attributes.map { attribute in
            guard case .graph(var graph) = attribute.value else { return attribute }
            graph.nodes = graph.nodes.map { $0.reading(name, as: other) }
            return Attribute(attribute.name, .graph(graph))
        }
        return node
    }
}
