import Diagnostics
import OnnxIR

/// Puts nodes that compute derivatives in the place of `Gradient` nodes, by reverse accumulation.
///
/// *Source*: `Gradient` of ai.onnx.preview.training 1. The gradient of a tensor is that of the sum of its elements.
struct GradientExpansion {
    /// A copy of the way to the target is made for each node that feeds it other values, so copies of copies may double.
    private static let largestNodeCount = 100_000
    /// The operator set that `Gradient` came with; the operators of derivatives broadcast as they do since then.
    private static let leastOpset = 12

    private let opset: Int
    private var values: GradientValues
    private var nodes: [Node] = []

    private static func isGradient(_ node: Node) -> Bool {
        node.domain == .onnxPreviewTraining && node.opType == "Gradient"
    }

    /// The nodes of a graph without `Gradient` among them.
    ///
    /// *Throws*: `attribute` and `graph` for a node that asks for something impossible, `unsupportedOperator` where an
    /// operator on the way has no derivative here, `limit` when there would be too many nodes.
    static func expanded(_ nodes: [Node], opset: Int?) throws(EngineError) -> [Node] {
        guard nodes.contains(where: isGradient) else { return nodes }
        let names = nodes.flatMap { $0.inputs + $0.outputs }
        var expansion = GradientExpansion(opset: opset ?? 0, values: GradientValues(avoiding: names))
        for node in nodes {
            guard isGradient(node) else {
                expansion.nodes.append(node)
                continue
            }
            try locating(.node(node.name, operator: "Gradient", opset: 1)) { () throws(EngineError) in
                try expansion.expand(node)
            }
        }
        return expansion.nodes
    }

    private init(opset: Int, values: GradientValues) {
        self.opset = opset
        self.values = values
    }

    private mutating func expand(_ node: Node) throws(EngineError) {
        guard opset >= Self.leastOpset else {
            throw EngineError(
                .unsupportedOperator,
                "derivatives at opset \(opset) are not supported, expected opset \(Self.leastOpset) or newer"
            )
        }
        let request = try GradientRequest(node)
        var path = path(to: request.target, from: request.fixed + request.variables)
        try check(adding: path.count)
        var target = request.target
        if node.inputs != request.variables + request.fixed {
            let fed = Dictionary(zip(request.variables + request.fixed, node.inputs), uniquingKeysWith: { $1 })
            let renamed = values.renaming(path, fed: fed)
            path = renamed.nodes
            target = renamed.names[target] ?? target
            nodes += path
        }
        let variables = Array(node.inputs.prefix(request.variables.count))
        try accumulate(from: target, along: path, to: variables)
        for (variable, output) in zip(variables, node.outputs) where !output.isEmpty {
            values.finish(variable, as: output)
        }
        nodes += values.taken().map { made in
            var made = made
            made.name = node.name
            return made
        }
        try check(adding: 0)
    }

    private func check(adding count: Int) throws(EngineError) {
        guard nodes.count + count <= Self.largestNodeCount else {
            throw EngineError(.limit, "the derivatives take more than \(Self.largestNodeCount) nodes")
        }
    }

    /// The nodes that lead to a value, in their order, up to values where the way ends.
    private func path(to target: String, from ends: [String]) -> [Node] {
        var wanted: Set<String> = [target]
        let ends = Set(ends)
        var path: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: { wanted.contains($0) && !ends.contains($0) }) {
            wanted.formUnion(node.inputs)
            path.append(node)
        }
        return path.reversed()
    }

    private mutating func accumulate(
        from target: String,
        along path: [Node],
        to variables: [String]
    ) throws(EngineError) {
        var dependent = Set(variables)
        for node in path {
            // What a graph of a node captures leads to the target on a way that is not followed.
            guard node.attributes.allSatisfy(\.value.subgraphs.isEmpty) else { throw Self.unsupported(node) }
            guard node.inputs.contains(where: dependent.contains), !Derivatives.isDiscrete(node) else { continue }
            dependent.formUnion(node.outputs)
        }
        values.seed(target)
        for node in path.reversed() where node.inputs.contains(where: dependent.contains) {
            let reached = node.outputs.indices.filter {
                dependent.contains(node.outputs[$0]) && values.hasGradient(node.outputs[$0])
            }
            guard !reached.isEmpty else { continue }
            guard reached == [0], let gradient = values.total(of: node.outputs[0]),
                node.domain == .onnx || node.domain == .gradient, let derive = Derivatives.rules[node.opType]
            else { throw Self.unsupported(node) }
            try checkCounts(node)
            let parts = try derive(node, gradient, &values)
            for case (let input, let part?) in zip(node.inputs, parts) where dependent.contains(input) {
                values.add(part, to: input)
            }
        }
    }

    /// Refuses a node that lists another number of inputs or outputs than its operator has: rules take them for granted.
    private func checkCounts(_ node: Node) throws(EngineError) {
        guard node.domain == .onnx else { return }
        let schema = OperatorSchemas.standard.schema(domain: .onnx, opType: node.opType, opset: Int64(opset))
        guard let schema, schema.inputCount.contains(node.inputs.count), schema.outputCount.contains(node.outputs.count)
        else {
            throw EngineError(
                .graph,
                """
                `\(node.opType)`, which makes `\(node.outputs.first ?? "")`, has \(node.inputs.count) inputs and \
                \(node.outputs.count) outputs, expected as many as the operator has
                """
            )
        }
    }

    private static func unsupported(_ node: Node) -> EngineError {
        EngineError(
            .unsupportedOperator,
            """
            the derivative of `\(node.opType)`, which makes `\(node.outputs.first { !$0.isEmpty } ?? "")`, is not \
            supported
            """
        )
    }
}

extension OperatorDomain {
    /// Operators that derivatives are made of; a file that names them is refused.
    static let gradient = OperatorDomain("mlpack.gradient")
}
