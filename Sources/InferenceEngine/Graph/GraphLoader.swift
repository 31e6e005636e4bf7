import Diagnostics
import OnnxIR
import Tensors

/// Turns the graph of a model into prepared nodes: names become numbers, function calls become their bodies.
final class GraphLoader {
    private let functions: [FunctionKey: Function]
    private let options: InferenceOptions
    /// Whether nodes that the engine cannot run are kept, as ones of which nothing is known.
    private let keepsUnsupported: Bool
    private var nodeCount = 0
    /// Holds what is made of sparse tensors against the limits.
    private let state: RunState

    /// From how many bytes on an initializer is not copied to a boundary before somebody asks for it there.
    private static let unalignedByteCount = 4096

    private struct FunctionKey: Hashable {
        let domain: OperatorDomain
        let name: String
        let overload: String
    }

    private init(_ model: Model, options: InferenceOptions, keepsUnsupported: Bool) {
        let keyed = model.functions.map { (FunctionKey(domain: $0.domain, name: $0.name, overload: $0.overload), $0) }
        functions = Dictionary(keyed, uniquingKeysWith: { first, _ in first })
        self.options = options
        self.keepsUnsupported = keepsUnsupported
        state = RunState(limits: options.limits)
    }

    /// The prepared graph of a model.
    static func load(
        _ model: Model,
        options: InferenceOptions,
        keepsUnsupported: Bool = false
    ) throws(EngineError) -> LoadedGraph {
        let loader = GraphLoader(model, options: options, keepsUnsupported: keepsUnsupported)
        for imported in model.opsetImports {
            guard let newest = OperatorSchemas.standard.newestOpset(of: imported.domain), imported.version > newest
            else {
                continue
            }
            throw EngineError(
                .unsupportedOperator,
                "opset \(imported.version) of domain `\(imported.domain)` is not known, expected at most \(newest)"
            )
        }
        let frame = GraphFrame()
        let scope = GraphScope(frame: frame, parent: nil, opsets: opsets(model.opsetImports), depth: 0)
        try loader.load(model.graph, into: scope)
        return frame.graph
    }

    private static func opsets(_ imports: [OpsetImport]) -> [OperatorDomain: Int] {
        Dictionary(imports.map { ($0.domain, Int($0.version)) }, uniquingKeysWith: { first, _ in first })
    }

    private func load(_ graph: Graph, into scope: GraphScope) throws(EngineError) {
        let frame = scope.frame
        if !functions.isEmpty {
            frame.reserve(graph.inputs.map(\.name) + graph.initializers.map(\.name) + graph.nodes.flatMap(\.outputs))
        }
        for input in graph.inputs {
            let value = frame.graph.newValue(input.name)
            // Nothing holds what a subgraph is fed against the shapes that it declares.
            frame.graph.declaredTypes[value] = scope.parent == nil ? input.type : input.type?.withoutShapes
            frame.graph.inputs.append(value)
            try scope.define(input.name, as: value)
        }
        let inputNames = Set(graph.inputs.map { Array($0.name.utf8) })
        for initializer in graph.initializers {
            try define(initializer.tensor, named: initializer.name, inputNames, in: scope)
        }
        for initializer in graph.sparseInitializers {
            let dense = try locating(.item("initializer", initializer.values.name)) { () throws(EngineError) in
                try denseTensor(initializer)
            }
            try define(dense, named: initializer.values.name, inputNames, in: scope)
        }
        try Self.checkDomains(graph.nodes)
        for node in try GradientExpansion.expanded(graph.nodes, opset: scope.opsets[.onnx]) {
            try load(node, into: scope)
        }
        for output in graph.outputs {
            guard let found = scope.resolve(output.name), let value = found else {
                throw EngineError(.graph, "output `\(output.name)` is made by no node")
            }
            if let type = output.type, frame.graph.declaredTypes[value] == nil {
                frame.graph.declaredTypes[value] = type
            }
            frame.graph.outputs.append(value)
        }
    }

    /// Refuses operators that only derivatives bring along.
    private static func checkDomains(_ nodes: [Node]) throws(EngineError) {
        for node in nodes where node.domain == .gradient {
            throw EngineError(
                .unsupportedOperator,
                "operator `\(node.opType)` of domain `\(node.domain)` is not supported in a file"
            )
        }
    }

    private func denseTensor(_ sparse: OnnxSparseTensor) throws(EngineError) -> Tensor {
        let tensor = try sparse.dense(state)
        try state.hold(.tensor(tensor))
        return tensor
    }

    private func define(
        _ tensor: Tensor,
        named name: String,
        _ inputNames: Set<[UInt8]>,
        in scope: GraphScope
    ) throws(EngineError) {
        let frame = scope.frame
        try locating(.item("initializer", name)) { () throws(EngineError) in
            try RunState.checkEmpty(tensor.shape)
        }
        // Large ones stay where they are, on any boundary: most are packed, and their bytes as such are not read again.
        let isLarge = (tensor.region?.bytes.count ?? 0) >= Self.unalignedByteCount
        let tensor = isLarge ? tensor : try tensor.aligned()
        if inputNames.contains(Array(name.utf8)), let found = scope.resolve(name), let value = found {
            // What the node around a graph feeds stands above an initializer of the same name.
            guard scope.parent == nil else { return }
            guard frame.graph.constants[value] == nil else {
                throw EngineError(.graph, "value `\(name)` is made twice")
            }
            frame.graph.constants[value] = .tensor(tensor)
            return
        }
        let value = frame.graph.newValue(name)
        frame.graph.constants[value] = .tensor(tensor)
        try scope.define(name, as: value)
    }

    private func load(_ node: Node, into scope: GraphScope) throws(EngineError) {
        nodeCount += 1
        guard nodeCount <= options.limits.nodeCount else {
            throw EngineError(.limit, "the model has more than \(options.limits.nodeCount) nodes")
        }
        let opset = node.domain == .gradient ? 1 : scope.opsets[node.domain]
        try locating(node.place(opset: opset)) { () throws(EngineError) in
            let key = FunctionKey(domain: node.domain, name: node.opType, overload: node.overload)
            if let function = functions[key] {
                try call(function, from: node, in: scope)
            } else {
                try prepare(node, opset: opset, in: scope)
            }
        }
    }

    private func inputs(of node: Node, in scope: GraphScope) throws(EngineError) -> [ValueID?] {
        var inputs: [ValueID?] = []
        for name in node.inputs {
            guard !name.isEmpty else {
                inputs.append(nil)
                continue
            }
            guard let found = scope.resolve(name) else {
                throw EngineError(.graph, "input `\(name)` is made by no node before this one")
            }
            inputs.append(found)
        }
        return inputs
    }

    private func prepare(_ node: Node, opset: Int?, in scope: GraphScope) throws(EngineError) {
        let definition: OperatorDefinition
        do {
            definition = try OperatorLists.definition(of: node, opset: opset)
        } catch {
            guard keepsUnsupported else { throw error }
            definition = UnsupportedNode.definition(of: node)
        }
        let inputs = try inputs(of: node, in: scope)
        var captures: [ValueID] = []
        let attributes = try attributes(of: node, in: scope)
        let context = NodeContext(
            node,
            version: definition.version(at: opset),
            attributes: attributes,
            hasInput: inputs.map { $0 != nil },
            imageDecoder: options.imageDecoder,
            symbol: "unk__\(nodeCount)",
            hold: { [self] byteCount throws(EngineError) in try state.hold(byteCount: byteCount) },
            makeDense: { [self] tensor throws(EngineError) in try denseTensor(tensor) },
            loadSubgraph: { [self] graph throws(EngineError) in
                try subgraph(graph, in: scope, captures: &captures)
            }
        )
        let operation = try definition.prepare(context)
        var outputs: [ValueID?] = []
        for name in node.outputs {
            guard !name.isEmpty else {
                outputs.append(nil)
                continue
            }
            let value = scope.frame.graph.newValue(scope.prefix + name)
            try scope.define(name, as: value)
            outputs.append(value)
        }
        scope.frame.graph.nodes.append(
            LoadedNode(
                place: node.place(opset: opset, prefix: scope.prefix),
                definition: definition,
                operation: operation,
                typeVariables: definition.halves == .widened ? TypeVariables(of: node, opset: opset) : nil,
                inputs: inputs,
                captures: captures,
                outputs: outputs,
                attributes: attributes,
                version: definition.version(at: opset)
            )
        )
    }

    private func attributes(of node: Node, in scope: GraphScope) throws(EngineError) -> [String: AttributeValue] {
        var attributes: [String: AttributeValue] = [:]
        for attribute in node.attributes {
            guard case .reference(let name, _) = attribute.value else {
                attributes[attribute.name] = attribute.value
                continue
            }
            guard let given = scope.attributes else {
                throw EngineError(
                    .attribute,
                    "attribute `\(attribute.name)` refers to the attribute `\(name)` of a function, and no function is around it"
                )
            }
            attributes[attribute.name] = given[name]
        }
        return attributes
    }

    private func subgraph(
        _ graph: Graph,
        in scope: GraphScope,
        captures: inout [ValueID]
    ) throws(EngineError) -> Subgraph {
        let frame = GraphFrame()
        let inner = GraphScope(
            frame: frame,
            parent: scope,
            opsets: scope.opsets,
            attributes: scope.attributes,
            depth: try deeper(scope)
        )
        try load(graph, into: inner)
        var captureIndices: [Int] = []
        var known = Dictionary(zip(captures, captures.indices), uniquingKeysWith: { first, _ in first })
        for capture in frame.captures {
            let index = known[capture.outer] ?? captures.count
            if index == captures.count { captures.append(capture.outer) }
            known[capture.outer] = index
            captureIndices.append(index)
        }
        let inputCount = frame.graph.inputs.count
        frame.graph.inputs += frame.captures.map(\.inner)
        if options.optimised { try Passes.optimise(&frame.graph, limits: options.limits) }
        let facts = GraphFacts(of: frame.graph)
        return Subgraph(
            plan: Plan(frame.graph, promises: options.checksInference ? [facts] : []),
            graph: frame.graph,
            inputCount: inputCount,
            outputCount: frame.graph.outputs.count,
            captureIndices: captureIndices,
            outputFacts: frame.graph.outputs.map { facts[$0] }
        )
    }

    /// Puts the body of a function in the place of its call.
    private func call(_ function: Function, from node: Node, in scope: GraphScope) throws(EngineError) {
        var attributes = try attributes(of: node, in: scope)
        for attribute in function.attributeDefaults where attributes[attribute.name] == nil {
            attributes[attribute.name] = attribute.value
        }
        let opsets = Self.opsets(function.opsetImports).merging(scope.opsets) { own, _ in own }
        let body = GraphScope(
            frame: scope.frame,
            parent: nil,
            opsets: opsets,
            attributes: attributes,
            prefix: scope.frame.prefix(
                ofCall: scope.prefix + node.label,
                values: function.nodes.flatMap(\.outputs)
            ),
            depth: try deeper(scope)
        )
        let inputs = try inputs(of: node, in: scope)
        let outerCount = scope.frame.graph.valueNames.count
        guard inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
            throw EngineError(
                .graph,
                """
                the call has \(inputs.count) inputs and \(node.outputs.count) outputs, expected at most \
                \(function.inputs.count) and \(function.outputs.count) of the function
                """
            )
        }
        for (index, name) in function.inputs.enumerated() {
            try body.define(name, as: index < inputs.count ? inputs[index] : nil)
        }
        try Self.checkDomains(function.nodes)
        for inner in function.nodes { try load(inner, into: body) }
        var named: Set<ValueID> = []
        for (name, formal) in zip(node.outputs, function.outputs) where !name.isEmpty {
            guard let found = body.resolve(formal), var value = found else {
                throw EngineError(.graph, "output `\(formal)` of the function is made by no node")
            }
            if value >= outerCount, named.insert(value).inserted {
                scope.frame.graph.valueNames[value] = scope.prefix + name
            } else {
                value = handOn(value, as: scope.prefix + name, from: node, in: scope)
            }
            try scope.define(name, as: value)
        }
    }

    /// A value once more, under another name.
    private func handOn(_ value: ValueID, as name: String, from node: Node, in scope: GraphScope) -> ValueID {
        let copy = scope.frame.graph.newValue(name)
        scope.frame.graph.nodes.append(
            LoadedNode(
                place: node.place(opset: scope.opsets[node.domain], prefix: scope.prefix),
                definition: Identity.definition,
                operation: Identity(),
                typeVariables: nil,
                inputs: [value],
                captures: [],
                outputs: [copy]
            )
        )
        return copy
    }

    private func deeper(_ scope: GraphScope) throws(EngineError) -> Int {
        guard scope.depth < options.limits.nestingDepth else {
            throw EngineError(
                .limit,
                "subgraphs and functions lie more than \(options.limits.nestingDepth) deep in one another"
            )
        }
        return scope.depth + 1
    }
}

extension Node {
    /// The name; a node without one goes by its first output.
    fileprivate var label: String { name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name }

    /// Where errors of this node point.
    fileprivate func place(opset: Int?, prefix: String = "") -> Place {
        .node(prefix + label, operator: domain == .onnx ? opType : "\(domain).\(opType)", opset: opset)
    }
}
