import Diagnostics
import OnnxIR

extension ModelCheck {
    /// Checks the graphs in a node's attributes, in the scope of the node.
    mutating func checkSubgraphs(of node: Node, in context: Context, scope: Scope, at place: Place) {
        for attribute in node.attributes {
            let inner = Place.item("attribute", attribute.name).within(place)
            for graph in attribute.value.subgraphs {
                let within = Context(
                    place: inner,
                    opsets: context.opsets,
                    isMainGraph: false,
                    function: context.function
                )
                checkGraph(graph, in: within, scope: scope)
            }
            if case .graph(let graph) = attribute.value, node.domain == .onnx {
                checkSignature(of: graph, in: node, opset: context.opsets[.onnx] ?? 0, at: inner)
            }
            checkSparseTensors(in: attribute.value, at: inner)
        }
    }

    /// Holds the inputs and outputs of a body against those of its node.
    ///
    /// *Source*: Operators.md, `If`, `Loop` and `Scan`.
    private mutating func checkSignature(of graph: Graph, in node: Node, opset: Int64, at place: Place) {
        switch node.opType {
        case "If":
            expect(graph.inputs.count, "input", 0, at: place)
            expect(graph.outputs.count, "output", node.outputs.count, at: place)
        case "Loop":
            let carried = max(0, node.inputs.count - 2)
            expect(graph.inputs.count, "input", carried + 2, at: place)
            expect(graph.outputs.count, "output", node.outputs.count + 1, at: place)
        case "Scan" where opset >= 9:
            expect(graph.inputs.count, "input", node.inputs.count, at: place)
            expect(graph.outputs.count, "output", node.outputs.count, at: place)
        default: break
        }
    }

    private mutating func expect(_ count: Int, _ what: String, _ expected: Int, at place: Place) {
        guard count != expected else { return }
        error(.subgraph, at: place, "the graph has \(counted(count, what)), expected \(expected)")
    }
}
