package import OnnxIR

extension InferenceSession {
    /// The operators of the optimised graph in the order in which they run: names, behind the domain unless that is
    /// `ai.onnx`.
    ///
    /// *Parameter* `types`: what is known better of inputs than the model declares, as a plan for them would know it.
    package func optimisedOperators(for types: [String: ValueType] = [:]) throws(EngineError) -> [String] {
        var graph = optimised
        let known = graph.inputs.compactMap { value in
            types[graph.valueNames[value]].map { (value, Facts(type: $0)) }
        }
        if !known.isEmpty, options.optimised {
            let inputs = Dictionary(known, uniquingKeysWith: { first, _ in first })
            try Passes.optimise(&graph, inputs: inputs, limits: options.limits)
        }
        return graph.nodes.map(\.operatorName)
    }
}
