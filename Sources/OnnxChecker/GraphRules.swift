import Diagnostics
import OnnxIR
import Tensors

extension ModelCheck {
    /// Checks a graph: its inputs, initializers, nodes in order, and outputs.
    ///
    /// *Parameter* outer: what the graph sees of the graphs around it.
    mutating func checkGraph(_ graph: Graph, in context: Context, scope outer: Scope) {
        if graph.name.isEmpty { error(.emptyName, at: context.place, "the graph has no name") }
        let written = Set(graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty })
        var scope = outer.entering(written: written)
        defineInputs(of: graph, in: context, scope: &scope)
        defineInitializers(of: graph, in: context, scope: &scope)
        var declared: [String: ValueType] = [:]
        for info in graph.valueInfo + graph.outputs {
            if let type = info.type { declared[info.name] = type }
        }
        checkNodes(graph.nodes, declared: declared, in: context, scope: &scope)
        checkOutputs(of: graph, in: context, scope: scope)
    }

    private mutating func defineInputs(of graph: Graph, in context: Context, scope: inout Scope) {
        for (index, input) in graph.inputs.enumerated() {
            guard !input.name.isEmpty else {
                error(.emptyName, at: context.place, "graph input \(index) has no name")
                continue
            }
            let place = Place.item("graph input", input.name).within(context.place)
            if scope.ownDefinition(of: input.name) != nil {
                error(.duplicateName, at: place, "the name is given to two graph inputs")
            }
            if input.type == nil, context.isMainGraph { error(.missingType, at: place, "the input has no type") }
            scope.define(input.name, Definition(writer: "a graph input", type: input.type))
        }
    }

    /// Checks and defines the initializers; those that are inputs as well are defaults of the inputs.
    private mutating func defineInitializers(of graph: Graph, in context: Context, scope: inout Scope) {
        var types: [String: ValueType] = [:]
        for input in graph.inputs { types[input.name] = input.type ?? .opaque(domain: "", name: "") }
        var names: Set<String> = []
        let dense = graph.initializers.map { ($0.name, $0.tensor.elementType, $0.tensor.shape) }
        let sparse = graph.sparseInitializers.map { ($0.values.name, $0.values.tensor.elementType, $0.shape) }
        for (name, elementType, shape) in dense + sparse {
            guard !name.isEmpty else {
                error(.emptyName, at: context.place, "an initializer has no name")
                continue
            }
            let place = Place.item("initializer", name).within(context.place)
            if !names.insert(name).inserted {
                error(.duplicateName, at: place, "the name is given to two initializers")
            }
            if let type = types[name] {
                checkInitializer(elementType, shape, declared: type, at: place)
            } else if model.irVersion < 4 {
                let message = "the initializer is not a graph input, expected one before IR version 4"
                error(.initializer, at: place, message)
            }
            let type = ValueType.tensor(elementType, shape: shape.dimensions.map { .fixed($0) })
            scope.define(name, Definition(writer: "an initializer", type: type))
        }
        for tensor in graph.sparseInitializers {
            checkSparseTensor(tensor, at: .item("sparse initializer", tensor.values.name).within(context.place))
        }
    }

    private mutating func checkInitializer(
        _ elementType: ElementType,
        _ shape: Shape,
        declared: ValueType,
        at place: Place
    ) {
        guard case .tensor(let declaredElementType, let declaredShape) = declared else { return }
        let text =
            "the initializer is tensor(\(elementType.name))\(shape), expected \(declared) as the graph input says"
        if let declaredElementType, declaredElementType != elementType {
            error(.initializer, at: place, text)
            return
        }
        guard let declaredShape else { return }
        let agrees =
            declaredShape.count == shape.rank
            && zip(declaredShape, shape.dimensions).allSatisfy { dimension, extent in
                guard case .fixed(let fixed) = dimension else { return true }
                return fixed == extent
            }
        if !agrees { error(.initializer, at: place, text) }
    }

    private mutating func checkOutputs(of graph: Graph, in context: Context, scope: Scope) {
        var names: Set<String> = []
        for (index, output) in graph.outputs.enumerated() {
            guard !output.name.isEmpty else {
                error(.emptyName, at: context.place, "graph output \(index) has no name")
                continue
            }
            let place = Place.item("graph output", output.name).within(context.place)
            if !names.insert(output.name).inserted {
                warning(.duplicateName, at: place, "the value is given out twice")
            }
            let isDefined =
                scope.ownDefinition(of: output.name) ?? (context.isMainGraph ? nil : scope.definition(of: output.name))
            if isDefined == nil {
                let hint = findings.count < 100 ? didYouMean(output.name, among: scope.visibleNames) : nil
                error(.undefinedValue, at: place, "no node writes the value", hint: hint)
            }
            if output.type == nil, context.isMainGraph { error(.missingType, at: place, "the output has no type") }
        }
    }

    /// Checks the nodes of a graph or a function body in their order.
    mutating func checkNodes(
        _ nodes: [Node],
        declared: [String: ValueType],
        in context: Context,
        scope: inout Scope
    ) {
        var misplaced: [(node: Int, value: String)] = []
        for (index, node) in nodes.enumerated() {
            let place = self.place(of: node, index: index, in: context)
            for name in node.inputs where !name.isEmpty && scope.definition(of: name) == nil {
                if scope.writesItself(name) {
                    misplaced.append((index, name))
                } else if scope.isFirstMiss(of: name) {
                    reportMissing(name, scope: scope, at: place)
                }
            }
            let types = checkNode(node, declared: declared, in: context, scope: scope, at: place)
            for (position, name) in node.outputs.enumerated() where !name.isEmpty {
                if let other = scope.definition(of: name) {
                    let message = "output `\(name)` is written twice, first by \(other.writer)"
                    error(.duplicateName, at: place, message)
                }
                scope.define(name, Definition(writer: writer(node, index), type: types[position] ?? declared[name]))
            }
        }
        if !misplaced.isEmpty { checkOrder(of: nodes, misplaced: misplaced, in: context) }
    }

    private mutating func reportMissing(_ name: String, scope: Scope, at place: Place) {
        guard !scope.writes(name) else {
            error(.order, at: place, "input `\(name)` is written further down in a graph around this one")
            return
        }
        // PERF: looking through all names for each of a million is quadratic; nobody reads that many hints.
        let hint = findings.count < 100 ? didYouMean(name, among: scope.visibleNames) : nil
        error(.undefinedValue, at: place, "input `\(name)` is not defined", hint: hint)
    }

    /// The place of a node: by name, or by its number where it has none.
    func place(of node: Node, index: Int, in context: Context) -> Place {
        let opset = context.opsets[node.domain].flatMap(Int.init(exactly:))
        return Place.node(label(node, index), operator: node.opType, opset: opset).within(context.place)
    }

    func label(_ node: Node, _ index: Int) -> String { node.name.isEmpty ? "#\(index)" : node.name }

    private func writer(_ node: Node, _ index: Int) -> String { "node `\(label(node, index))` (\(node.opType))" }
}

/// A number of things: `1 input`, `2 inputs`.
func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

/// A hint that names what was perhaps meant; none for one or two letters, which are close to all others.
func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
    guard word.count > 2 else { return nil }
    return suggestion(for: word, among: candidates).map { "did you mean `\($0)`?" }
}
