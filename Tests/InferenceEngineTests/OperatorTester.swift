import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Runs one node as a model of its own, optimised and not, and holds the outputs of the two against each other.
struct OperatorTester {
    var opType: String
    var domain = OperatorDomain.onnx
    var opset: Int64 = 17
    var attributes: [Attribute] = []
    var options = InferenceOptions.default

    init(_ opType: String, domain: OperatorDomain = .onnx, opset: Int64 = 17, _ attributes: [Attribute] = []) {
        self.opType = opType
        self.domain = domain
        self.opset = opset
        self.attributes = attributes
    }

    /// The outputs for these inputs; `nil` stands for an input that is left out.
    func run(_ inputs: [Tensor?], outputCount: Int = 1) throws -> [Value] {
        let inputs = inputs.map { $0.map { Value.tensor($0) } }
        let model = model(inputs, outputCount: outputCount)
        let feeds = Self.feeds(inputs)
        var reference = options
        reference.optimised = false
        let optimised = try InferenceSession(model, options: options).run(feeds)
        let interpreted = try InferenceSession(model, options: reference).run(feeds)
        let outputs = model.graph.outputs.map(\.name)
        for name in outputs { #expect(describe(optimised[name]) == describe(interpreted[name])) }
        return try outputs.map { try #require(optimised[$0]) }
    }

    /// What a model of the node takes for these inputs.
    static func feeds(_ inputs: [Value?]) -> [String: Value] {
        var feeds: [String: Value] = [:]
        for (index, value) in inputs.enumerated() { feeds["x\(index)"] = value }
        return feeds
    }

    /// The model of the node.
    func model(_ inputs: [Value?], outputCount: Int) -> Model {
        let names = inputs.indices.map { inputs[$0] == nil ? "" : "x\($0)" }
        let outputs = (0..<outputCount).map { "y\($0)" }
        var graph = Graph(name: "test")
        graph.inputs = zip(names, inputs).compactMap { name, value in
            value.map { ValueInfo(name: name, type: $0.tensor.map { .tensor($0.elementType, shape: nil) }) }
        }
        graph.outputs = outputs.map { ValueInfo(name: $0, type: nil) }
        graph.nodes = [
            Node(opType, domain: domain, name: "n", inputs: names, outputs: outputs, attributes: attributes)
        ]
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: domain, version: opset)], graph: graph)
    }

    /// The text of the error that the node leads to.
    func error(_ inputs: [Tensor?]) -> String {
        do {
            return "no error: \(try run(inputs).map { describe($0) })"
        } catch {
            return (error as? any Diagnostic)?.description ?? "\(error)"
        }
    }
}

/// A value with all that tells it from another.
func describe(_ value: Value?) -> String {
    switch value {
    case nil: return "nothing"
    case .tensor(let tensor):
        if let strings = tensor.strings { return "string \(tensor.shape) \(strings)" }
        return "\(tensor.elementType.name) \(tensor.shape) \(tensor.region.map { Array($0.bytes) } ?? [])"
    case .sequence(let values, _): return "sequence \(values.map { describe($0) })"
    case .map(let keys, let values, _): return "map \(describe(.tensor(keys))) \(values.map { describe($0) })"
    case .optional(let value, _): return "optional \(describe(value))"
    }
}

/// A `float` tensor; a vector unless a shape is given.
func floats(_ elements: [Float], _ shape: [Int]? = nil) throws -> Tensor {
    try Tensor(elements, shape: shape.flatMap { Shape($0) })
}

/// An `int64` tensor; a vector unless a shape is given.
func ints(_ elements: [Int64], _ shape: [Int]? = nil) throws -> Tensor {
    try Tensor(elements, shape: shape.flatMap { Shape($0) })
}
