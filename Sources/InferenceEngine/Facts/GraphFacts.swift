import OnnxIR

/// The facts of every value of a graph, from its inputs and constants through its nodes.
struct GraphFacts {
    private var facts: [Facts]

    subscript(value: ValueID) -> Facts { facts[value] }

    /// Infers the facts; `inputTypes` are those of a run, where they are known better than the graph declares.
    init(of graph: LoadedGraph, inputTypes: [ValueID: ValueType] = [:]) {
        facts = [Facts](repeating: .unknown, count: graph.valueNames.count)
        for value in graph.inputs { facts[value] = Facts(type: inputTypes[value] ?? graph.declaredTypes[value]) }
        for (value, constant) in graph.constants { facts[value] = .constant(constant) }
        for node in graph.nodes {
            let inferred = node.operation.infer(InputFacts(facts: node.inputs.map { $0.map { facts[$0] } }))
            for (output, known) in zip(node.outputs, inferred) {
                guard let output else { continue }
                facts[output] = known.constant.map { .constant($0) } ?? known
            }
        }
    }
}
