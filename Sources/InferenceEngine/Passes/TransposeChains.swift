import OnnxIR
import Tensors

extension Passes {
    /// `Transpose` behind `Transpose` becomes one, or none where they cancel out; one that moves only axes of extent 1
    /// becomes a `Reshape`.
    static let transposeChains = GraphPass(name: "transpose-chains") { graph, context throws(EngineError) in
        var replacements: [ValueID: ValueID] = [:]
        var known: [ValueID: (source: ValueID, order: [Int])] = [:]
        var made: [LoadedNode] = []
        var isChanged = false
        for var node in graph.nodes {
            node.inputs = node.inputs.map { $0.map { replacements[$0] ?? $0 } }
            node.captures = node.captures.map { replacements[$0] ?? $0 }
            guard node.isStandard("Transpose"), let transpose = node.operation as? Transpose,
                let output = node.outputs.first ?? nil, let input = node.input(0),
                let shape = context.facts[input].shape
            else {
                made.append(node)
                continue
            }
            let own = transpose.order ?? Array(shape.indices.reversed())
            guard own.sorted() == Array(shape.indices) else {
                made.append(node)
                continue
            }
            let inner = known[input]
            let order = inner.map { inner in own.map { inner.order[$0] } } ?? own
            let source = inner?.source ?? input
            known[output] = (source, order)
            if order == order.sorted() {
                replacements[output] = source
                isChanged = true
                continue
            }
            let extents = inner.map { inner in own.indices.map { shape[inner.order.firstIndex(of: $0) ?? 0] } } ?? shape
            if order.filter({ extents[$0] != .fixed(1) }) == order.filter({ extents[$0] != .fixed(1) }).sorted(),
                let target = target(order.map { extents[$0] }, of: extents), let tensor = try? Tensor.of(target)
            {
                let sketch = NodeSketch("Reshape", opset: 14, [.value(source), .constant(tensor)])
                made += try graph.make(sketch, output: output, label: node.label)
                isChanged = true
            } else if inner != nil {
                let sketch = NodeSketch(transposing: .value(source), order)
                made += try graph.make(sketch, output: output, label: node.label)
                isChanged = true
            } else {
                made.append(node)
            }
        }
        graph.nodes = made
        graph.outputs = graph.outputs.map { replacements[$0] ?? $0 }
        return isChanged
    }
}

extension NodeSketch {
    /// The axes of a tensor in another order.
    init(transposing operand: Operand, _ order: [Int]) {
        self.init("Transpose", opset: 13, attributes: ["perm": .ints(order.map { Int64($0) })], [operand])
    }
}
