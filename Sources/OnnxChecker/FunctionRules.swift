import Diagnostics
import OnnxIR

extension ModelCheck {
    /// Checks the functions that the model brings: names, bodies, and that none calls itself.
    mutating func checkFunctions() {
        var seen: Set<FunctionKey> = []
        for function in model.functions {
            let key = FunctionKey(function)
            let place = Place.item("function", "\(key)")
            if function.name.isEmpty { error(.emptyName, at: place, "the function has no name") }
            if !seen.insert(key).inserted {
                error(.function, at: place, "the model has two functions of this name")
                continue
            }
            checkBody(of: function, at: place)
        }
        checkRecursion()
    }

    private mutating func checkBody(of function: Function, at place: Place) {
        let opsets = checkOpsets(function.opsetImports, at: place)
        let written = Set(function.nodes.flatMap(\.outputs).filter { !$0.isEmpty })
        var scope = Scope().entering(written: written)
        for name in function.inputs {
            if scope.ownDefinition(of: name) != nil {
                error(.duplicateName, at: place, "the name `\(name)` is given to two inputs")
            }
            scope.define(name, Definition(writer: "an input of the function", type: nil))
        }
        var declared: [String: ValueType] = [:]
        for info in function.valueInfo {
            if let type = info.type { declared[info.name] = type }
        }
        var attributes: Set<String> = []
        for name in function.attributeNames + function.attributeDefaults.map(\.name)
        where !attributes.insert(name).inserted {
            error(.duplicateAttribute, at: place, "attribute `\(name)` is declared twice")
        }
        let context = Context(place: place, opsets: opsets, isMainGraph: false, function: function)
        checkNodes(function.nodes, declared: declared, in: context, scope: &scope)
        for name in function.outputs where scope.ownDefinition(of: name) == nil {
            let hint = didYouMean(name, among: scope.visibleNames)
            error(.undefinedValue, at: place, "no node writes output `\(name)`", hint: hint)
        }
    }

    /// Checks a node that calls a function of the model; trailing inputs, outputs and attributes may be left out.
    mutating func checkCall(of function: Function, by node: Node, at place: Place) {
        if node.inputs.count > function.inputs.count {
            let message =
                "the node has \(counted(node.inputs.count, "input")), the function takes \(function.inputs.count)"
            error(.inputCount, at: place, message)
        }
        if node.outputs.count > function.outputs.count {
            let message =
                "the node has \(counted(node.outputs.count, "output")), the function has \(function.outputs.count)"
            error(.outputCount, at: place, message)
        }
        let known = function.attributeNames + function.attributeDefaults.map(\.name)
        for attribute in node.attributes where !known.contains(attribute.name) {
            let hint = didYouMean(attribute.name, among: known)
            warning(.unknownAttribute, at: place, "the function has no attribute `\(attribute.name)`", hint: hint)
        }
    }

    private mutating func checkRecursion() {
        var calls: [FunctionKey: [FunctionKey]] = [:]
        for (key, function) in functions {
            calls[key] = Self.calls(in: function.nodes).filter { functions[$0] != nil }
        }
        var finished: Set<FunctionKey> = []
        for function in model.functions {
            let start = FunctionKey(function)
            guard let path = Self.cycle(from: start, calls, &finished) else { continue }
            let names = path.map { "`\($0)`" }.joined(separator: " → ")
            error(.recursion, at: .item("function", "\(path[0])"), "the function calls itself: \(names)")
        }
    }

    private static func calls(in nodes: [Node]) -> [FunctionKey] {
        nodes.flatMap { node in
            [FunctionKey(calledBy: node)]
                + node.attributes.flatMap(\.value.subgraphs).flatMap { calls(in: $0.nodes) }
        }
    }

    /// The first cycle of calls that `start` leads to, from a function back to itself; an explicit stack, since the
    /// chain is as long as the file makes it.
    private static func cycle(
        from start: FunctionKey,
        _ calls: [FunctionKey: [FunctionKey]],
        _ finished: inout Set<FunctionKey>
    ) -> [FunctionKey]? {
        var path: [(key: FunctionKey, rest: ArraySlice<FunctionKey>)] = []
        func enter(_ key: FunctionKey) { path.append((key, (calls[key] ?? [])[...])) }
        guard !finished.contains(start) else { return nil }
        enter(start)
        while let last = path.indices.last {
            guard let next = path[last].rest.popFirst() else {
                finished.insert(path[last].key)
                path.removeLast()
                continue
            }
            if let first = path.firstIndex(where: { $0.key == next }) {
                finished.formUnion(path.map(\.key))
                return path[first...].map(\.key) + [next]
            }
            if !finished.contains(next) { enter(next) }
        }
        return nil
    }
}
