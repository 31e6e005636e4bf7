import Diagnostics
package import OnnxIR
import Synchronization
import Tensors

/// A model that is loaded and ready to run, from any number of threads at once.
package final class InferenceSession: Sendable {
    /// The inputs that a caller must feed.
    package let inputs: [ValueInfo]
    /// The outputs, in the model's order; types are those that the model declares or that follow from it.
    package let outputs: [ValueInfo]
    let options: InferenceOptions
    private let loaded: LoadedGraph
    /// What plans start from: the loaded graph after the passes.
    let optimised: LoadedGraph
    /// Inputs that an initializer stands for unless they are fed.
    private let overridable: [ValueInfo]
    private let plans: Mutex<PlanCache>
    /// Makes segments of kernels for plans; `nil` for the reference interpreter.
    private let compiler: SegmentCompiler?

    /// Loads a model: attributes are read, functions put in place, and every operator is found or refused.
    ///
    /// *Throws*: `unsupportedOperator` for one that the engine lacks, `graph` and `attribute` for a broken model.
    package init(_ model: Model, options: InferenceOptions = .default) throws(EngineError) {
        self.options = options
        let graph = try GraphLoader.load(model, options: options)
        loaded = graph
        var optimised = graph
        if options.optimised { try Passes.optimise(&optimised, limits: options.limits) }
        self.optimised = optimised
        compiler =
            options.optimised
            ? SegmentCompiler(
                tables: KernelTables(options),
                precision: options.precision,
                packed: PackedConstants(of: optimised),
                limits: options.limits
            ) : nil
        inputs = model.graph.requiredInputs
        let required = Set(inputs.map(\.name))
        overridable = model.graph.inputs.filter { !required.contains($0.name) }
        let facts = GraphFacts(of: graph)
        outputs = zip(model.graph.outputs, graph.outputs).map { info, value in
            var info = info
            info.type = info.type ?? facts[value].type
            return info
        }
        plans = Mutex(PlanCache(capacity: max(1, options.cachedPlanCount)))
    }

    /// Plans that are kept at the moment: at most `options.cachedPlanCount`.
    package var planCount: Int { plans.withLock { $0.count } }

    /// Bytes of the memory between kernels in the plans that are kept.
    package var arenaByteCount: Int { plans.withLock { $0.all.reduce(0) { $0 + $1.arenaByteCount } } }

    /// Computes the outputs with these names, or all of them.
    ///
    /// *Throws*: `input` for a name, type or shape that the model does not take; what an operator finds wrong, with
    /// the node's place; `limit` when the run asks for more than the options allow; `stopped`.
    ///
    /// - Parameters:
    ///   - profile: takes the time of each step.
    ///   - isStopped: is asked between steps whether nobody wants the results any more.
    package func run(
        _ feeds: [String: Value],
        outputs names: [String]? = nil,
        profile: RunProfile? = nil,
        isStopped: (@Sendable () -> Bool)? = nil
    ) throws(EngineError) -> [String: Value] {
        let names = try checkedOutputs(names)
        try check(feeds)
        let state = RunState(limits: options.limits, profile: profile, isStopped: isStopped)
        var feeds = feeds
        for (name, value) in feeds {
            feeds[name] = try locating(.item("input", name)) { () throws(EngineError) in try value.admitted() }
        }
        let fed = (inputs + overridable).map(\.name).filter { feeds[$0] != nil }
        let values = fed.compactMap { feeds[$0] }
        let plan = try plan(for: fed, values.map(\.type), outputs: names)
        let results = try plan.run(values, state)
        return Dictionary(zip(names, results), uniquingKeysWith: { first, _ in first })
    }

    /// The plan for inputs of these types, from among those that are kept or made now.
    func plan(for fed: [String], _ types: [ValueType], outputs: [String]) throws(EngineError) -> Plan {
        let key = PlanKey(inputs: fed, types: types, outputs: outputs)
        if let plan = plans.withLock({ $0.plan(for: key) }) { return plan }
        let isOverridden = fed.count > inputs.count
        var graph = options.optimised && !isOverridden ? optimised : loaded
        let byName = Dictionary(
            graph.inputs.map { (graph.valueNames[$0], $0) },
            uniquingKeysWith: { first, _ in first }
        )
        graph.inputs = fed.compactMap { byName[$0] }
        let outputNames = self.outputs.map(\.name)
        graph.outputs = outputs.compactMap { outputNames.firstIndex(of: $0) }.map { graph.outputs[$0] }
        for value in graph.inputs { graph.constants[value] = nil }
        let facts = zip(graph.inputs, types).map { ($0, Facts(type: $1)) }
        let known = Dictionary(facts, uniquingKeysWith: { first, _ in first })
        if options.optimised { try Passes.optimise(&graph, inputs: known, limits: options.limits) }
        if let compiler { compiler.compile(&graph, GraphFacts(of: graph, inputs: known)) }
        var promises: [GraphFacts] = []
        if options.checksInference { promises = [GraphFacts(of: graph), GraphFacts(of: graph, inputs: known)] }
        let plan = Plan(graph, promises: promises)
        plans.withLock { $0.insert(plan, for: key) }
        return plan
    }

    private func checkedOutputs(_ names: [String]?) throws(EngineError) -> [String] {
        let known = outputs.map(\.name)
        guard let names else { return known }
        for name in names where !known.contains(name) {
            throw EngineError(
                .input,
                "the model has no output `\(name)`, expected \(Self.list(known))",
                hint: suggestion(for: name, among: known).map { "did you mean `\($0)`?" }
            )
        }
        return names
    }

    private func check(_ feeds: [String: Value]) throws(EngineError) {
        let known = (inputs + overridable).map(\.name)
        for name in feeds.keys.sorted() where !known.contains(name) {
            throw EngineError(
                .input,
                "the model has no input `\(name)`, expected \(Self.list(known))",
                hint: suggestion(for: name, among: known).map { "did you mean `\($0)`?" }
            )
        }
        var symbols: [String: Int] = [:]
        for info in inputs + overridable {
            guard let value = feeds[info.name] else {
                guard inputs.contains(where: { $0.name == info.name }) else { continue }
                throw EngineError(.input, "input `\(info.name)` is missing, expected \(Self.list(inputs.map(\.name)))")
            }
            try locating(.item("input", info.name)) { () throws(EngineError) in
                try Self.check(value, against: info.type, &symbols)
            }
        }
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    private static func check(
        _ value: Value,
        against type: ValueType?,
        _ symbols: inout [String: Int]
    ) throws(EngineError) {
        switch (type, value) {
        case (.sequence(let element), .sequence(let values, let own)):
            for (index, value) in values.enumerated() {
                try locating(.item("element", "\(index)")) { () throws(EngineError) in
                    var none: [String: Int] = [:]
                    try check(value, against: element?.withoutShapes, &none)
                    try check(value, against: own.withoutShapes, &none)
                }
            }
        case (.optional(let element), .optional(let held, let own)):
            guard let held else { return }
            try check(held, against: element, &symbols)
            try check(held, against: own, &symbols)
        case (.optional(let element), _): try check(value, against: element, &symbols)
        case (nil, .sequence), (nil, .optional): try check(value, against: value.type, &symbols)
        case (nil, _), (.map, .map): return
        case (.tensor(let elementType, let shape), .tensor(let tensor)):
            if let elementType, elementType != tensor.elementType {
                throw EngineError(
                    .input,
                    "element type is `\(tensor.elementType.name)`, expected `\(elementType.name)`"
                )
            }
            guard let shape else { return }
            var fits = shape.count == tensor.shape.rank
            for (declared, extent) in zip(shape, tensor.shape.dimensions) where fits {
                switch declared {
                case .fixed(let expected): fits = expected == extent
                case .symbol(let name):
                    fits = symbols[name, default: extent] == extent
                    symbols[name] = symbols[name] ?? extent
                case .unknown: break
                }
            }
            guard fits else {
                let expected = "[" + shape.map(\.description).joined(separator: ", ") + "]"
                throw EngineError(.input, "shape is \(tensor.shape), expected \(expected)")
            }
        case (let type?, _):
            throw EngineError(.input, "the value is \(value.type), expected \(type)")
        }
    }
}

extension Value {
    /// The value with its tensors aligned, as operators expect them.
    ///
    /// *Throws*: `limit` for a tensor without elements that is very long.
    fileprivate func admitted() throws(EngineError) -> Value {
        switch self {
        case .tensor(let tensor):
            try RunState.checkEmpty(tensor.shape)
            return .tensor(try tensor.aligned())
        case .sequence(let values, let type):
            return .sequence(try values.map { value throws(EngineError) in try value.admitted() }, of: type)
        case .map(let keys, let values, let type):
            return .map(
                keys: try keys.aligned(),
                values: try values.map { value throws(EngineError) in try value.admitted() },
                of: type
            )
        case .optional(let value, let type):
            return .optional(try value.map { value throws(EngineError) in try value.admitted() }, of: type)
        }
    }
}
