import OnnxIR
import Tensors

/// A model of opset 17 around nodes; inputs and outputs are `float` of unknown shape unless types are given.
func model(
    _ nodes: [Node],
    inputs: [String],
    outputs: [String],
    initializers: [String: Tensor] = [:],
    types: [String: ValueType] = [:],
    opsets: [OpsetImport] = [
        OpsetImport(domain: .onnx, version: 17), OpsetImport(domain: .onnxML, version: 3),
    ]
) -> Model {
    var graph = Graph(name: "test")
    graph.inputs = inputs.map { ValueInfo(name: $0, type: types[$0] ?? .tensor(.float, shape: nil)) }
    graph.outputs = outputs.map { ValueInfo(name: $0, type: types[$0]) }
    graph.nodes = nodes
    graph.initializers = initializers.sorted { $0.key < $1.key }.map { OnnxTensor(name: $0.key, tensor: $0.value) }
    return Model(irVersion: 8, opsetImports: opsets, graph: graph)
}
