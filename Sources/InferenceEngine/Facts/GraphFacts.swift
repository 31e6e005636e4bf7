import OnnxIR

/// The facts of every value of a graph, from its inputs and constants through its nodes.
struct GraphFacts {
    private var facts: [Facts]

    /// The facts of a value; nothing is known of one that came to the graph later.
    subscript(value: ValueID) -> Facts { value < facts.count ? facts[value] : .unknown }

    /// Infers the facts; `inputs` has what is known better of the graph's inputs than the graph declares.
    init(
        of graph: LoadedGraph,
        inputs: [ValueID: Facts] = [:],
        budget: InferenceBudget = InferenceBudget()
    ) {
        facts = [Facts](repeating: .unknown, count: graph.valueNames.count)
        for value in graph.inputs { facts[value] = inputs[value] ?? Facts(type: graph.declaredTypes[value]) }
        for (value, constant) in graph.constants { facts[value] = .constant(constant) }
        for node in graph.nodes {
            let known = InputFacts(
                facts: node.inputs.map { $0.map { facts[$0] } },
                captures: CapturedFacts(node.captures.map { facts[$0] }, budget: budget)
            )
            for (output, known) in zip(node.outputs, node.operation.infer(known)) {
                guard let output else { continue }
                facts[output] = known.constant.map { .constant($0) } ?? known
            }
        }
    }
}
