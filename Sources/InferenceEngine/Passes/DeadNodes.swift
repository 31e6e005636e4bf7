extension Passes {
    /// Nodes and constants that no output depends on.
    static let deadNodes = GraphPass(name: "dead-nodes") { graph, _ throws(EngineError) in
        var alive = Set(graph.outputs)
        var kept: [LoadedNode] = []
        for node in graph.nodes.reversed() where node.outputs.contains(where: { $0.map(alive.contains) ?? false }) {
            alive.formUnion(node.uses)
            kept.append(node)
        }
        let isChanged = kept.count != graph.nodes.count
        graph.nodes = kept.reversed()
        graph.constants = graph.constants.filter { alive.contains($0.key) }
        return isChanged
    }
}
