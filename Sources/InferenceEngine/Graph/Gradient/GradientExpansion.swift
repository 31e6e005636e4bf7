import Diagnostics
import OnnxIR

/// Puts nodes that compute derivatives in the place of `Gradient` nodes, by reverse accumulation.
///
/// *Source*: `Gradient` of ai.onnx.preview.training 1. The gradient of a tensor is that of the sum of its elements.
struct GradientExpansion {
    private var names: Set<String> = []
    private var nodes: [Node] = []

    static func isGradient(_ node: Node) -> Bool {
        node.domain == .onnxPreviewTraining && node.opType == "Gradient"
    }

    /// The nodes of a graph without `Gradient` among them.
    ///
    /// *Throws*: `attribute` and `graph` for a node that asks for something impossible, `unsupportedOperator` where an
    /// operator on the way has no derivative here.
    static func expanded(_ nodes: [Node]) throws(EngineError) -> [Node] {
        guard nodes.contains(where: isGradient) else { return nodes }
        var expansion = GradientExpansion()
        expansion.names = Set(nodes.flatMap { $0.inputs + $0.outputs })
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

    private mutating func expand(_ node: Node) throws(EngineError) {
        let request = try Request(node)
        var path = path(to: request.target, from: request.fixed + request.variables)
        var values = GradientValues(prefix: "\(node.outputs.first { !$0.isEmpty } ?? node.name)/gradient", names: names)
        var target = request.target
        if node.inputs != request.variables + request.fixed {
            let fed = Dictionary(zip(request.variables + request.fixed, node.inputs), uniquingKeysWith: { $1 })
            let renamed = values.renaming(path, fed: fed)
            path = renamed.nodes
            target = renamed.names[target] ?? target
            nodes += path
        }
        let variables = Array(node.inputs.prefix(request.variables.count))
        try accumulate(into: &values, from: target, along: path, to: variables)
        for (variable, output) in zip(variables, node.outputs) where !output.isEmpty {
            values.finish(variable, as: output)
        }
        names.formUnion(values.names)
        nodes += values.nodes.map { made in
            var made = made
            made.name = node.name
            return made
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

    private func accumulate(
        into values: inout GradientValues,
        from target: String,
        along path: [Node],
        to variables: [String]
    ) throws(EngineError) {
        var dependent = Set(variables)
        for node in path where node.inputs.contains(where: dependent.contains) { dependent.formUnion(node.outputs) }
        values.seed(target)
        for node in path.reversed() {
            guard node.inputs.contains(where: dependent.contains), let output = node.outputs.first,
                let gradient = values.total(of: output)
            else { continue }
            guard node.domain == .onnx || node.domain == .gradient, let derive = Derivatives.rules[node.opType] else {
                throw EngineError(
                    .unsupportedOperator,
                    "the derivative of `\(node.opType)`, which makes `\(output)`, is not supported"
                )
            }
            let parts = try derive(node, gradient, &values)
            for case (let input, let part?) in zip(node.inputs, parts) where dependent.contains(input) {
                values.add(part, to: input)
            }
        }
    }
}

extension OperatorDomain {
    /// Operators that derivatives are made of; no file brings them along.
    static let gradient = OperatorDomain("mlpack.gradient")
}

/// What a `Gradient` node asks for.
private struct Request {
    let variables: [String]
    let fixed: [String]
    let target: String

    init(_ node: Node) throws(EngineError) {
        var (variables, fixed, target): ([String], [String], String?) = ([], [], nil)
        for attribute in node.attributes {
            switch (attribute.name, attribute.value) {
            case ("xs", .strings(let names)): variables = names.map { String(decoding: $0, as: UTF8.self) }
            case ("zs", .strings(let names)): fixed = names.map { String(decoding: $0, as: UTF8.self) }
            case ("y", .string(let name)): target = String(decoding: name, as: UTF8.self)
            default: throw EngineError(.attribute, "attribute `\(attribute.name)` is none of `xs`, `y` and `zs`")
            }
        }
        guard let target, !variables.isEmpty else {
            throw EngineError(.attribute, "attributes `xs` and `y` are not both given")
        }
        guard node.inputs.count == variables.count + fixed.count, node.outputs.count <= variables.count else {
            throw EngineError(
                .graph,
                """
                the node has \(node.inputs.count) inputs and \(node.outputs.count) outputs, expected \
                \(variables.count + fixed.count) and at most \(variables.count)
                """
            )
        }
        self.variables = variables
        self.fixed = fixed
        self.target = target
    }
}
