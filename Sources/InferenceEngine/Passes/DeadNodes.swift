extension Passes {
    /// Nodes and constants that no output depends on.
    static let deadNodes = GraphPass(name: "dead-nodes") { graph, _ throws(EngineError) in
        var alive = Set(graph.outputs)
        var kept: [LoadedNode] = []
        for node in graph.nodes.reversed() where node.outputs.contains(where: { $0.map(alive.contains) ?? false }) {
            alive.formUnion(node.uses)
            kept.append(node)
        }
        graph.nodes = kept.reversed()
        graph.constants = graph.constants.filter { alive.contains($0.key) }
    }
}
