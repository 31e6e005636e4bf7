import OnnxIR

/// A graph inside an attribute of a node, ready to run.
struct Subgraph: Sendable {
    let plan: Plan
    /// What the plan was made of; the captured values are the last of its inputs.
    let graph: LoadedGraph
    /// Inputs that the node feeds, without the captured ones.
    let inputCount: Int
    let outputCount: Int
    /// For each captured value its index in the captures of the node.
    let captureIndices: [Int]
    /// Facts of the outputs as far as they are known from the graph alone.
    let outputFacts: [Facts]

    /// Whether the same inputs give the same outputs each time.
    var isDeterministic: Bool { graph.nodes.allSatisfy(\.operation.isDeterministic) }

    /// The facts of the outputs for facts of what the node feeds and of all that its subgraphs capture; those that the
    /// graph alone gives, when the budget is spent.
    func infer(_ inputs: [Facts], captures: CapturedFacts) -> [Facts] {
        guard inputs.count == inputCount, captures.budget.take(graph.nodes.count + 1) else { return outputFacts }
        let facts = graphFacts(inputs, captures: captures)
        return graph.outputs.map { facts[$0] }
    }

    /// The facts of every value, for facts of what the node feeds and of all that its subgraphs capture.
    func graphFacts(_ inputs: [Facts], captures: CapturedFacts) -> GraphFacts {
        let captured = captureIndices.map { $0 < captures.facts.count ? captures.facts[$0] : .unknown }
        let known = zip(graph.inputs, inputs + captured).map { value, facts in
            (value, facts.type == nil ? Facts(type: graph.declaredTypes[value]) : facts)
        }
        return GraphFacts(
            of: graph,
            inputs: Dictionary(known, uniquingKeysWith: { first, _ in first }),
            budget: captures.budget
        )
    }

    /// The facts of states that the body is run on again and again, and of its other outputs.
    ///
    /// `feeds` makes the body's inputs of the states, `results` takes the new states and what follows them from its
    /// outputs. What a trip changes of a state's shape is not known of it.
    func inferCarried(
        _ first: [Facts],
        feeds: ([Facts]) -> [Facts],
        results: ([Facts]) -> [Facts],
        captures: CapturedFacts
    ) -> (states: [Facts], others: [Facts]) {
        var states = first
        for _ in 0..<Self.largestTripCount {
            let outputs = results(infer(feeds(states), captures: captures))
            let next = zip(states, outputs).map { $0.joined(with: $1) }
            if zip(states, next).allSatisfy({ $0.type == $1.type }) {
                return (next, Array(outputs.dropFirst(states.count)))
            }
            states = next
        }
        let unknown = [Facts](repeating: .unknown, count: states.count)
        return (unknown, Array(results(infer(feeds(unknown), captures: captures)).dropFirst(states.count)))
    }

    private static let largestTripCount = 32
}
