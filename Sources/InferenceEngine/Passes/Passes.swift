import OnnxIR

/// A rewrite of a graph that leaves the values of its outputs as they were.
struct GraphPass: Sendable {
    let name: String
    /// Rewrites the graph, and says whether anything is other than before.
    let run: @Sendable (inout LoadedGraph, PassContext) throws(EngineError) -> Bool
}

/// What a pass may use besides the graph.
final class PassContext {
    let facts: GraphFacts
    let limits: InferenceLimits
    let budget: FoldingBudget
    private var index: GraphIndex?

    init(facts: GraphFacts, limits: InferenceLimits, budget: FoldingBudget) {
        self.facts = facts
        self.limits = limits
        self.budget = budget
    }

    /// The index of the graph as the pass is given it.
    func index(of graph: LoadedGraph) -> GraphIndex {
        let index = index ?? GraphIndex(graph, facts)
        self.index = index
        return index
    }
}

/// Bytes that folding may still add: what a client's shapes lead to is bounded more tightly than the weights.
final class FoldingBudget {
    var byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
    }
}

/// The passes, in the order in which they run.
enum Passes {
    static let all: [GraphPass] = [
        identityElimination,
        wideHalves,
        fusedOperators,
        quantizedOperators,
        quantizedMaxPool,
        integerProducts,
        dequantizedProducts,
        dequantizedGather,
        constantFolding,
        sharedSubexpressions,
        deadNodes,
        einsumProducts,
        transposeChains,
        shapeChains,
        identityElimination,
        deadNodes,
        convolutionBias,
        batchNormalizationFolding,
        channelShuffles,
        depthwiseShuffles,
        gelu,
        swish,
        mish,
        hardSwish,
        softplus,
        layerNormalization,
        rmsNormalization,
        attention,
        attentionRows,
        transposeChains,
        constantFolding,
        convolutionWeights,
        deadNodes,
    ]

    /// Runs every pass, with facts that are inferred anew where a pass before it changed the graph.
    static func optimise(
        _ graph: inout LoadedGraph,
        inputs: [ValueID: Facts] = [:],
        limits: InferenceLimits
    ) throws(EngineError) {
        let budget = FoldingBudget(byteCount: inputs.isEmpty ? limits.totalByteCount : limits.planByteCount)
        var context: PassContext?
        for pass in all {
            let known =
                context
                ?? PassContext(facts: GraphFacts(of: graph, inputs: inputs), limits: limits, budget: budget)
            context = try pass.run(&graph, known) ? nil : known
        }
    }
}
