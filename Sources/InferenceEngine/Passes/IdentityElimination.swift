import OnnxIR
import Tensors

extension Passes {
    /// Nodes that hand on their input: `Identity`, `Dropout` that does not train, `Cast` and `Reshape` to what the input
    /// is already, and the like.
    static let identityElimination = GraphPass(name: "identity-elimination") { graph, context throws(EngineError) in
        var replacements: [ValueID: ValueID] = [:]
        var kept: [LoadedNode] = []
        let used = Set(graph.nodes.flatMap(\.uses) + graph.outputs)
        for var node in graph.nodes {
            node.inputs = node.inputs.map { $0.map { replacements[$0] ?? $0 } }
            node.captures = node.captures.map { replacements[$0] ?? $0 }
            guard let input = node.input(0), let output = node.outputs.first ?? nil,
                node.outputs.dropFirst().allSatisfy({ $0.map { !used.contains($0) } ?? true }),
                handsOn(node, from: context.facts[input], to: context.facts[output], context.facts)
            else {
                kept.append(node)
                continue
            }
            replacements[output] = input
        }
        graph.nodes = kept
        graph.outputs = graph.outputs.map { replacements[$0] ?? $0 }
        return !replacements.isEmpty
    }

    private static func handsOn(
        _ node: LoadedNode,
        from input: Facts,
        to output: Facts,
        _ facts: GraphFacts
    ) -> Bool {
        guard node.definition.domain == .onnx else { return false }
        switch node.definition.name {
        case "Identity": return true
        case "Dropout":
            guard let dropout = node.operation as? Dropout else { return false }
            let training = node.input(2)
            return dropout.dropsNothing(training: training.map { facts[$0] })
        case "Cast", "CastLike": return input.elementType != nil && input.elementType == output.elementType
        case "Expand":
            // What is not known of the target may be what the input does not expand to.
            guard let before = input.shape, before == output.shape, case let target?? = node.inputs.dropFirst().first,
                let extents = facts[target].extents
            else { return false }
            return zip(before.reversed(), extents.reversed()).allSatisfy {
                $1 == .fixed(1) || ($0 == $1 && $1 != .unknown)
            }
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Tile":
            guard let before = input.shape, let after = output.shape else { return false }
            return before == after && !before.contains(.unknown)
        default: return false
        }
    }
}
