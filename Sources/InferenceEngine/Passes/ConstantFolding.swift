import OnnxIR
import Tensors

extension Passes {
    /// Nodes whose inputs are all known are run once, unless they fail or their outputs are large.
    ///
    /// A node that fails stays where it is: it may never run, and if it does it says why.
    static let constantFolding = GraphPass(name: "constant-folding") { graph, context throws(EngineError) in
        var limits = context.limits
        limits.loopTripCount = min(limits.loopTripCount, 1000)
        var kept: [LoadedNode] = []
        let budget = context.budget
        let filters = Set(graph.nodes.compactMap { $0.operation is Conv ? $0.input(1) : nil })
        for node in graph.nodes {
            // Convolutions take weights of 8 bits as they are.
            if node.operation is DequantizeLinear, let output = node.outputs.first ?? nil, filters.contains(output) {
                kept.append(node)
                continue
            }
            let outputs = node.outputs.compactMap { $0 }
            let uses = node.uses.compactMap { graph.constants[$0] }
            let isRunnable = uses.count == node.uses.count && node.operation.isDeterministic
            // What is inferred of a node may hide that it fails; where it can be run, running it decides.
            let known = outputs.compactMap { isRunnable ? context.facts[$0].constant : context.facts[$0].known }
            let knownByteCount = known.reduce(0) { $0 + $1.byteCount }
            if known.count == outputs.count, knownByteCount <= budget.byteCount {
                budget.byteCount -= knownByteCount
                for (output, value) in zip(outputs, known) { graph.constants[output] = value }
                continue
            }
            guard isRunnable else {
                kept.append(node)
                continue
            }
            let bound = max(limits.foldedByteCount, uses.reduce(0) { $0 + ($1.tensor?.region?.bytes.count ?? 0) })
            var bounded = limits
            bounded.tensorByteCount = min(bound, limits.tensorByteCount, max(0, budget.byteCount))
            let values = try? node.run(
                inputs: node.inputs.map { $0.flatMap { graph.constants[$0] } },
                captures: node.captures.compactMap { graph.constants[$0] },
                RunState(limits: bounded)
            )
            guard let values else {
                kept.append(node)
                continue
            }
            for (output, value) in zip(node.outputs, values) {
                guard let output else { continue }
                graph.constants[output] = value
                budget.byteCount -= value.byteCount
            }
        }
        defer { graph.nodes = kept }
        return kept.count != graph.nodes.count
    }
}
