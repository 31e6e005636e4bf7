import Diagnostics
package import OnnxIR
package import Tensors

/// Builds a graph node by node: names are fresh, constants become initializers, outputs get their names last.
///
/// For example:
///
///     var builder = GraphBuilder(name: "model")
///     let x = builder.input("X", .tensor(.float, ["batch", 4]))
///     let centred = builder.node("Sub", [x, builder.constant(mean, name: "mean")])
///     builder.output(centred, name: "transformed", .tensor(.float, ["batch", 4]))
///     let model = builder.model()
package struct GraphBuilder {
    private var graph: Graph
    /// The graphs around the one that nodes are added to, from the outermost on.
    private var outerGraphs: [Graph] = []
    private var usedNames: Set<String> = []
    private var scopes: [String] = []
    private var usedDomains: Set<OperatorDomain> = [.onnx]
    /// The names of outputs by the names that their values had before.
    private var outputNames: [String: String] = [:]

    /// An empty graph.
    package init(name: String) {
        graph = Graph(name: name)
    }

    /// Adds an input under exactly this name, which no other value has yet.
    package mutating func input(_ name: String, _ type: ValueType) -> String {
        usedNames.insert(name)
        graph.inputs.append(ValueInfo(name: name, type: type))
        return name
    }

    /// Adds an initializer; its name starts with the scope.
    package mutating func constant(_ tensor: Tensor, name: String) -> String {
        let name = fresh(name)
        graph.initializers.append(OnnxTensor(name: name, tensor: tensor))
        return name
    }

    /// Adds a node with one output, and gives the output's name.
    package mutating func node(
        _ opType: String,
        domain: OperatorDomain = .onnx,
        _ inputs: [String],
        _ attributes: [Attribute] = []
    ) -> String {
        let name = fresh(opType)
        append(opType, domain: domain, name: name, inputs: inputs, outputs: [name], attributes)
        return name
    }

    /// Adds a node with several outputs, and gives their names.
    package mutating func node(
        _ opType: String,
        domain: OperatorDomain = .onnx,
        _ inputs: [String],
        _ attributes: [Attribute] = [],
        outputCount: Int
    ) -> [String] {
        let names = (0..<outputCount).map { _ in fresh(opType) }
        append(opType, domain: domain, name: names.first ?? "", inputs: inputs, outputs: names, attributes)
        return names
    }

    /// Runs `body` with `scope/` before every name that it makes.
    package mutating func scoped<Result, Failure: Error>(
        _ scope: String,
        _ body: (inout GraphBuilder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pushScope(scope)
        defer { popScope() }
        return try body(&self)
    }

    /// Puts `scope/` before every name from now on, until the matching `popScope`.
    package mutating func pushScope(_ scope: String) { scopes.append(scope) }

    /// Ends the innermost scope.
    package mutating func popScope() { _ = scopes.popLast() }

    /// Starts a graph for an attribute: nodes and constants are its own until the matching `popGraph`.
    package mutating func pushGraph(_ name: String) {
        outerGraphs.append(graph)
        graph = Graph(name: name)
    }

    /// Adds an input to a graph for an attribute, and gives its name.
    package mutating func graphInput(_ name: String, _ type: ValueType) -> String {
        let name = fresh(name)
        graph.inputs.append(ValueInfo(name: name, type: type))
        return name
    }

    /// Ends the graph that the last `pushGraph` started; its outputs are values of nodes in it.
    package mutating func popGraph(_ outputs: [(value: String, type: ValueType)]) -> Graph {
        var inner = graph
        inner.outputs = outputs.map { ValueInfo(name: $0.value, type: $0.type) }
        graph = outerGraphs.popLast() ?? Graph(name: inner.name)
        return inner
    }

    /// Makes a value an output; it gets this name, or one beside it when the name is taken.
    package mutating func output(_ value: String, name: String, _ type: ValueType) {
        let name = fresh(name, isScoped: false)
        let value = outputNames[value] ?? value
        let producer = graph.nodes.firstIndex { $0.outputs.contains(value) }
        if let producer, !graph.outputs.contains(where: { $0.name == value }) {
            graph.nodes[producer].outputs = graph.nodes[producer].outputs.map { $0 == value ? name : $0 }
            for index in graph.nodes.indices {
                graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == value ? name : $0 }
            }
            outputNames[value] = name
        } else {
            append("Identity", domain: .onnx, name: fresh("Identity"), inputs: [value], outputs: [name], [])
        }
        graph.outputs.append(ValueInfo(name: name, type: type))
    }

    /// The model around the graph, which imports the domains that its nodes use; what leads to no output is left out.
    package func model(opsets: OpsetChoice = .default) -> Model {
        var builder = self
        builder.removeDeadNodes()
        let opsets = opsets.raised(for: builder.graph)
        builder.write(for: opsets)
        return builder.wholeModel(opsets: opsets)
    }

    private func wholeModel(opsets: OpsetChoice) -> Model {
        var imports = [OpsetImport(domain: .onnx, version: opsets.onnx)]
        if usedDomains.contains(.onnxML) { imports.append(OpsetImport(domain: .onnxML, version: opsets.onnxML)) }
        if usedDomains.contains(.microsoft) { imports.append(OpsetImport(domain: .microsoft, version: 1)) }
        return Model(irVersion: opsets.irVersion, opsetImports: imports, graph: graph)
    }

    private mutating func removeDeadNodes() {
        guard !graph.outputs.isEmpty else { return }
        var live = Set(graph.outputs.map(\.name))
        var nodes: [Node] = []
        for node in graph.nodes.reversed() where node.outputs.contains(where: live.contains) {
            live.formUnion(Self.reads(of: node))
            nodes.append(node)
        }
        graph.nodes = nodes.reversed()
        graph.initializers.removeAll { !live.contains($0.name) }
        usedDomains = Set(graph.nodes.map(\.domain))
    }

    /// What a node reads, with what the graphs inside of it capture.
    private static func reads(of node: Node) -> [String] {
        let graphs = node.attributes.flatMap(\.value.subgraphs)
        return node.inputs + graphs.flatMap { $0.nodes.flatMap(reads) + $0.outputs.map(\.name) }
    }

    // SPEC: the axes of these reductions are an attribute up to opset 17, and an input since 18.
    private mutating func write(for opsets: OpsetChoice) {
        let moved: Set<String> = [
            "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
            "ReduceProd", "ReduceSumSquare",
        ]
        guard opsets.onnx >= 18 else { return }
        for index in graph.nodes.indices where moved.contains(graph.nodes[index].opType) {
            guard let position = graph.nodes[index].attributes.firstIndex(where: { $0.name == "axes" }),
                case .ints(let axes) = graph.nodes[index].attributes[position].value,
                let tensor = try? Tensor(axes)
            else { continue }
            graph.nodes[index].attributes.remove(at: position)
            graph.nodes[index].inputs.append(constant(tensor, name: "axes"))
        }
    }

    private mutating func append(
        _ opType: String,
        domain: OperatorDomain,
        name: String,
        inputs: [String],
        outputs: [String],
        _ attributes: [Attribute]
    ) {
        usedDomains.insert(domain)
        graph.nodes.append(
            Node(opType, domain: domain, name: name, inputs: inputs, outputs: outputs, attributes: attributes)
        )
    }

    private mutating func fresh(_ name: String, isScoped: Bool = true) -> String {
        let base = isScoped ? (scopes + [name]).joined(separator: "/") : name
        var candidate = base
        var suffix = 1
        while !usedNames.insert(candidate).inserted {
            candidate = "\(base)_\(suffix)"
            suffix += 1
        }
        return candidate
    }
}
