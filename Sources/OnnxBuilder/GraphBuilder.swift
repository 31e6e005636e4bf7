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
    var graph: Graph
    /// The nodes of the graphs around the one that nodes are added to, from the outermost on.
    private var outerNodes: [[Node]] = []
    private var usedNames: Set<String> = []
    private var scopes: [String] = []
    /// The versions of operator sets that nodes are written for.
    package private(set) var opsets: OpsetChoice
    /// The names of outputs by the names that their values had before.
    private var outputNames: [String: String] = [:]

    /// An empty graph.
    package init(name: String, opsets: OpsetChoice = .default) {
        graph = Graph(name: name)
        self.opsets = opsets
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

    /// Starts a graph for an attribute: nodes are its own until the matching `popGraph`.
    ///
    /// It reads the values around it, and constants stay in the graph around it.
    package mutating func pushGraph() {
        outerNodes.append(graph.nodes)
        graph.nodes = []
    }

    /// Ends the graph that the last `pushGraph` started; its outputs are values of nodes in it.
    package mutating func popGraph(_ name: String, inputs: [ValueInfo] = [], outputs: [ValueInfo]) -> Graph {
        var inner = Graph(name: fresh(name), nodes: graph.nodes)
        inner.inputs = inputs
        inner.outputs = outputs
        graph.nodes = outerNodes.popLast() ?? []
        return inner
    }

    /// Makes a value an output; it gets this name, or one beside it when the name is taken.
    package mutating func output(_ value: String, name: String, _ type: ValueType) {
        let name = fresh(name, isScoped: false)
        let value = outputNames[value] ?? value
        let producer = graph.nodes.firstIndex { $0.outputs.contains(value) }
        if let producer, !graph.outputs.contains(where: { $0.name == value }) {
            graph.nodes[producer].outputs = graph.nodes[producer].outputs.map { $0 == value ? name : $0 }
            graph.nodes = graph.nodes.map { $0.reading(value, as: name) }
            outputNames[value] = name
        } else {
            append("Identity", domain: .onnx, name: fresh("Identity"), inputs: [value], outputs: [name], [])
        }
        graph.outputs.append(ValueInfo(name: name, type: type))
    }

    /// Asks for a version of ai.onnx.ml that need not be the chosen one.
    mutating func require(onnxML version: Int64) { opsets.onnxML = max(opsets.onnxML, version) }

    /// The model around the graph, which imports the domains that its nodes use; what leads to no output is left out.
    package func model() -> Model {
        var builder = self
        builder.removeDeadNodes()
        builder.opsets = opsets.raised(for: builder.graph)
        builder.moveAxes()
        return builder.wholeModel
    }

    private var wholeModel: Model {
        var imports = [OpsetImport(domain: .onnx, version: opsets.onnx)]
        let domains = graph.nodes.reduce(into: []) { $0.formUnion($1.domains) } as Set<OperatorDomain>
        let usesML = domains.contains(.onnxML)
        if usesML { imports.append(OpsetImport(domain: .onnxML, version: opsets.onnxML)) }
        if domains.contains(.microsoft) { imports.append(OpsetImport(domain: .microsoft, version: 1)) }
        return Model(irVersion: opsets.irVersion(usesML: usesML), opsetImports: imports, graph: graph)
    }

    private mutating func removeDeadNodes() {
        guard !graph.outputs.isEmpty else { return }
        var live = Set(graph.outputs.map(\.name))
        var nodes: [Node] = []
        for node in graph.nodes.reversed() where node.outputs.contains(where: live.contains) {
            live.formUnion(node.reads)
            nodes.append(node)
        }
        graph.nodes = nodes.reversed()
        graph.initializers.removeAll { !live.contains($0.name) }
    }

    // SPEC: the axes of these reductions are an attribute up to opset 17, and an input since 18.
    private mutating func moveAxes() {
        let moved: Set<String> = [
            "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
            "ReduceProd", "ReduceSumSquare",
        ]
        guard opsets.onnx >= 18 else { return }
        let nodes = graph.nodes
        graph.nodes = nodes.map { withAxesAsInput($0, moved) }
    }

    private mutating func withAxesAsInput(_ node: Node, _ moved: Set<String>) -> Node {
        var node = node
        for index in node.attributes.indices {
            guard case .graph(var inner) = node.attributes[index].value else { continue }
            inner.nodes = inner.nodes.map { withAxesAsInput($0, moved) }
            node.attributes[index].value = .graph(inner)
        }
        guard moved.contains(node.opType), let index = node.attributes.firstIndex(where: { $0.name == "axes" }),
            case .ints(let axes) = node.attributes[index].value, let tensor = try? Tensor(axes)
        else { return node }
        node.attributes.remove(at: index)
        node.inputs.append(constant(tensor, name: "axes"))
        return node
    }

    private mutating func append(
        _ opType: String,
        domain: OperatorDomain,
        name: String,
        inputs: [String],
        outputs: [String],
        _ attributes: [Attribute]
    ) {
        graph.nodes.append(
            Node(opType, domain: domain, name: name, inputs: inputs, outputs: outputs, attributes: attributes)
        )
    }

    mutating func fresh(_ name: String, isScoped: Bool = true) -> String {
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
