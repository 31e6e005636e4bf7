package import OnnxIR

/// A value of a model with the type and shape that were inferred of it.
package struct InferredValue: Sendable {
    /// Where the value is made: the nodes and attributes around its graph, outermost first; empty for the model's own.
    package let path: [String]
    package let name: String
    /// `nil` where nothing is known.
    package let type: ValueType?

    /// The values of a model's graph and of the graphs in it, inputs before what nodes make, in the order of the nodes.
    ///
    /// Initializers are not among them. Operators that the engine lacks are no error: nothing is known of what they make.
    ///
    /// *Throws*: `graph` and `attribute` for a broken model, `limit` for one that asks for too much.
    package static func all(in model: Model) throws(EngineError) -> [InferredValue] {
        let graph = try GraphLoader.load(model, options: .reference, keepsUnsupported: true)
        var values: [InferredValue] = []
        collect(from: graph, graph.inputs, GraphFacts(of: graph), path: [], into: &values)
        return values
    }

    private static func collect(
        from graph: LoadedGraph,
        _ inputs: [ValueID],
        _ facts: GraphFacts,
        path: [String],
        into values: inout [InferredValue]
    ) {
        for value in inputs where graph.constants[value] == nil {
            values.append(InferredValue(path: path, name: graph.valueNames[value], type: facts[value].type))
        }
        for node in graph.nodes {
            for case let output? in node.outputs {
                values.append(InferredValue(path: path, name: graph.valueNames[output], type: facts[output].type))
            }
            let captures = CapturedFacts(node.captures.map { facts[$0] })
            let known = InputFacts(facts: node.inputs.map { $0.map { facts[$0] } }, captures: captures)
            for body in node.operation.bodies(known) {
                let inner = body.graph
                collect(
                    from: inner.graph,
                    Array(inner.graph.inputs.prefix(inner.inputCount)),
                    inner.graphFacts(body.inputs, captures: captures),
                    path: path + ["\(node.place)", body.attribute],
                    into: &values
                )
            }
        }
    }
}
