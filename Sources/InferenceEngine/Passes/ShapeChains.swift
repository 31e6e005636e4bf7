import OnnxIR
import Tensors

extension Passes {
    /// `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze` behind one another become one `Reshape`, and a `Reshape` whose
    /// result has a known shape no longer computes it.
    static let shapeChains = GraphPass(name: "shape-chains") { graph, context throws(EngineError) in
        var sources: [ValueID: ValueID] = [:]
        var made: [LoadedNode] = []
        var isChanged = false
        for node in graph.nodes {
            guard node.isStandard("Reshape", "Flatten", "Squeeze", "Unsqueeze"), let output = node.outputs.first ?? nil,
                let input = node.input(0)
            else {
                made.append(node)
                continue
            }
            let source = sources[input] ?? input
            sources[output] = source
            let computesShape =
                node.isStandard("Reshape")
                && node.input(1).map { graph.constants[$0] == nil } ?? false
            guard source != input || computesShape,
                let target = target(context.facts[output].shape, of: context.facts[source].shape),
                let tensor = try? Tensor.of(target)
            else {
                made.append(node)
                continue
            }
            let sketch = NodeSketch("Reshape", opset: 14, [.value(source), .constant(tensor)])
            made += try graph.make(sketch, output: output, label: node.label)
            isChanged = true
        }
        graph.nodes = made
        return isChanged
    }

    /// What a `Reshape` is to be given to turn one shape into another; `nil` where it cannot be told in advance, or
    /// where it is not certain that both have as many elements.
    static func target(_ shape: [Dimension]?, of source: [Dimension]?) -> [Int64]? {
        guard let shape, let source, shape.missingExtent(of: source) == .fixed(1) else { return nil }
        guard shape.filter({ $0.extent == nil }).count <= 1, !shape.contains(.fixed(0)) else { return nil }
        return shape.map { Int64($0.extent ?? -1) }
    }
}
