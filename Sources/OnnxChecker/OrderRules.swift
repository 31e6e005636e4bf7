import Diagnostics
import OnnxIR

extension ModelCheck {
    /// Reports nodes that read what is written only further down: a cycle, or nodes in the wrong order.
    mutating func checkOrder(of nodes: [Node], misplaced: [(node: Int, value: String)], in context: Context) {
        let dependencies = Self.dependencies(of: nodes)
        let stuck = Self.nodesThatWaitForever(dependencies)
        if let cycle = Self.cycle(among: stuck, dependencies) {
            let names = (cycle + cycle.prefix(1)).map { "`\(label(nodes[$0], $0))`" }
            let place = self.place(of: nodes[cycle[0]], index: cycle[0], in: context)
            error(.cycle, at: place, "the node depends on itself: \(names.joined(separator: " → "))")
        }
        let writers = Self.writers(in: nodes)
        var reported: Set<String> = []
        for (index, value) in misplaced where !stuck.contains(index) && reported.insert(value).inserted {
            let writer = writers[value] ?? index
            let message =
                "input `\(value)` is written further down by node `\(label(nodes[writer], writer))`, "
                + "expected nodes in topological order"
            error(.order, at: place(of: nodes[index], index: index, in: context), message)
        }
    }

    /// The node that writes each value first.
    private static func writers(in nodes: [Node]) -> [String: Int] {
        var writers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for name in node.outputs where !name.isEmpty && writers[name] == nil { writers[name] = index }
        }
        return writers
    }

    /// For each node, the nodes whose outputs it reads, also in its subgraphs.
    private static func dependencies(of nodes: [Node]) -> [[Int]] {
        let writers = writers(in: nodes)
        return nodes.map { node in
            let captured = node.attributes.flatMap(\.value.subgraphs).flatMap(freeNames)
            return Set((node.inputs + captured).compactMap { writers[$0] }).sorted()
        }
    }

    /// The names that a subgraph takes from the graphs around it.
    private static func freeNames(of graph: Graph) -> Set<String> {
        var used = Set(graph.outputs.map(\.name))
        var defined = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name))
        defined.formUnion(graph.sparseInitializers.map(\.values.name))
        for node in graph.nodes {
            used.formUnion(node.inputs)
            for inner in node.attributes.flatMap(\.value.subgraphs) { used.formUnion(freeNames(of: inner)) }
            defined.formUnion(node.outputs)
        }
        return used.subtracting(defined)
    }

    /// The nodes that no order can reach: those on a cycle, and those behind one.
    private static func nodesThatWaitForever(_ dependencies: [[Int]]) -> Set<Int> {
        var readers = [[Int]](repeating: [], count: dependencies.count)
        var open = dependencies.map(\.count)
        for (index, needed) in dependencies.enumerated() {
            for dependency in needed { readers[dependency].append(index) }
        }
        var ready = open.indices.filter { open[$0] == 0 }
        var stuck = Set(open.indices)
        while let next = ready.popLast() {
            stuck.remove(next)
            for reader in readers[next] {
                open[reader] -= 1
                if open[reader] == 0 { ready.append(reader) }
            }
        }
        return stuck
    }

    /// A cycle in the order in which values flow, from its first node in the file.
    private static func cycle(among stuck: Set<Int>, _ dependencies: [[Int]]) -> [Int]? {
        guard var current = stuck.min() else { return nil }
        var path: [Int] = []
        var position: [Int: Int] = [:]
        while position[current] == nil {
            position[current] = path.count
            path.append(current)
            guard let next = dependencies[current].first(where: stuck.contains) else { return nil }
            current = next
        }
        let cycle = Array(path[(position[current] ?? 0)...].reversed())
        let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
        return Array(cycle[first...] + cycle[..<first])
    }
}
