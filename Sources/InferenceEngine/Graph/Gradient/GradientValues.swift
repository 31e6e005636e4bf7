import OnnxIR

/// The nodes of a derivative while it is put together, with names of their own for what they make.
struct GradientValues {
    private var nodes: [Node] = []
    private let prefix: String
    private var count = 0
    /// What adds up to the gradient of each value.
    private var parts: [String: [String]] = [:]

    /// Names start with what none of the graph's starts with.
    init(avoiding names: [String]) {
        let longest = names.lazy.filter { $0.hasPrefix("gradient") }
            .map { $0.dropFirst("gradient".count).prefix { $0 == "'" }.count }.max()
        prefix = "gradient" + String(repeating: "'", count: longest.map { $0 + 1 } ?? 0)
    }

    private mutating func freshName() -> String {
        count += 1
        return "\(prefix)/\(count)"
    }

    /// The nodes that were made since this was called last; the gradients that they add up to are forgotten.
    mutating func taken() -> [Node] {
        defer { (nodes, parts) = ([], [:]) }
        return nodes
    }

    func hasGradient(_ value: String) -> Bool { parts[value] != nil }

    /// The name of what a new node makes.
    mutating func make(
        _ opType: String,
        _ inputs: String...,
        domain: OperatorDomain = .onnx,
        attributes: [Attribute] = []
    ) -> String {
        let name = freshName()
        nodes.append(Node(opType, domain: domain, inputs: inputs, outputs: [name], attributes: attributes))
        return name
    }

    mutating func append(_ more: [Node]) { nodes += more }

    /// A number of the type of another value.
    mutating func scalar(_ number: Double, like value: String) -> String {
        // NUMERICS: the first float holds 24 bits of the number, the second the next 24.
        let parts = [Float(number), Float(number - Double(Float(number)))]
        return make("ScalarLike", value, domain: .gradient, attributes: [Attribute("value", .floats(parts))])
    }

    /// A value summed to the shape of another, which broadcasts to it.
    mutating func sum(_ value: String, toShapeOf other: String) -> String {
        make("SumToShape", value, other, domain: .gradient)
    }

    /// A number in the type and shape of another value.
    mutating func filled(_ number: Double, like value: String) -> String {
        let scalar = scalar(number, like: value)
        let shape = make("Shape", value)
        return make("Expand", scalar, shape)
    }

    mutating func seed(_ target: String) { parts[target] = [filled(1, like: target)] }

    mutating func add(_ part: String, to value: String) { parts[value, default: []].append(part) }

    /// The gradient of a value; `nil` where nothing leads to it.
    mutating func total(of value: String) -> String? {
        guard let first = parts[value]?.first else { return nil }
        var total = first
        for part in (parts[value] ?? []).dropFirst() { total = make("Add", total, part) }
        parts[value] = [total]
        return total
    }

    /// Gives the gradient of a value its name outside; zeros where nothing leads to it.
    mutating func finish(_ value: String, as output: String) {
        let total = total(of: value) ?? filled(0, like: value)
        nodes.append(Node("Identity", inputs: [total], outputs: [output]))
    }

    /// Nodes with names of their own for what they make, fed with other values than they were.
    mutating func renaming(
        _ path: [Node],
        fed: [String: String]
    ) -> (nodes: [Node], names: [String: String]) {
        var renamed = fed
        let nodes = path.map { node in
            var node = node
            node.inputs = node.inputs.map { renamed[$0] ?? $0 }
            node.outputs = node.outputs.map { output in
                guard !output.isEmpty, fed[output] == nil else { return "" }
                let name = freshName()
                renamed[output] = name
                return name
            }
            return node
        }
        return (nodes, renamed)
    }
}
