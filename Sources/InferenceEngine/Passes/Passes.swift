import OnnxIR

/// A rewrite of a graph that leaves the values of its outputs as they were.
struct GraphPass: Sendable {
    let name: String
    let run: @Sendable (inout LoadedGraph, PassContext) throws(EngineError) -> Void
}

/// What a pass may use besides the graph.
struct PassContext {
    let facts: GraphFacts
    let limits: InferenceLimits
    /// Bytes that folding may add in all: what a client's shapes lead to is bounded more tightly than the weights.
    let foldedByteCount: Int
}

/// The passes, in the order in which they run.
enum Passes {
    static let all: [GraphPass] = [
        identityElimination,
        constantFolding,
        deadNodes,
    ]

    /// Runs every pass, with facts that are inferred anew for each.
    static func optimise(
        _ graph: inout LoadedGraph,
        inputs: [ValueID: Facts] = [:],
        limits: InferenceLimits
    ) throws(EngineError) {
        let foldedByteCount = inputs.isEmpty ? limits.totalByteCount : limits.planByteCount
        for pass in all {
            let facts = GraphFacts(of: graph, inputs: inputs)
            try pass.run(&graph, PassContext(facts: facts, limits: limits, foldedByteCount: foldedByteCount))
        }
    }
}
