import OnnxIR

/// The nodes of a derivative while it is put together, with names of their own for what they make.
struct GradientValues {
    private(set) var nodes: [Node] = []
    private(set) var names: Set<String>
    private let prefix: String
    private var count = 0
    /// What adds up to the gradient of each value.
    private var parts: [String: [String]] = [:]

    init(prefix: String, names: Set<String>) {
        self.prefix = prefix
        self.names = names
    }

    private mutating func freshName() -> String {
        repeat { count += 1 } while names.contains("\(prefix)/\(count)")
        names.insert("\(prefix)/\(count)")
        return "\(prefix)/\(count)"
    }

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
    mutating func scalar(_ number: Float, like value: String) -> String {
        make("ScalarLike", value, domain: .gradient, attributes: [Attribute("value", .float(number))])
    }

    /// A value summed to the shape of another, which broadcasts to it.
    mutating func sum(_ value: String, toShapeOf other: String) -> String {
        make("SumToShape", value, other, domain: .gradient)
    }

    /// A number in the type and shape of another value.
    mutating func filled(_ number: Float, like value: String) -> String {
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
