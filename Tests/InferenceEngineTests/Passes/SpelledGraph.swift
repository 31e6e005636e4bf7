import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A graph that is written down node by node; each call adds one and gives the name of its output.
struct SpelledGraph {
    private(set) var nodes: [Node] = []
    private(set) var initializers: [String: Tensor] = [:]
    var opset: Int64 = 17
    private var count = 0

    mutating func callAsFunction(_ opType: String, _ inputs: String..., attributes: [Attribute] = []) -> String {
        count += 1
        nodes.append(
            Node(opType, name: "n\(count)", inputs: inputs, outputs: ["v\(count)"], attributes: attributes)
        )
        return "v\(count)"
    }

    /// A node with several outputs.
    mutating func node(_ opType: String, _ inputs: String..., outputs: Int, attributes: [Attribute] = []) -> [String] {
        count += 1
        let names = (0..<outputs).map { "v\(count)/\($0)" }
        nodes.append(Node(opType, name: "n\(count)", inputs: inputs, outputs: names, attributes: attributes))
        return names
    }

    /// A constant of one integer, or a vector of some.
    mutating func integer(_ number: Int64) throws -> String { constant(try ints([number], [])) }
    mutating func integers(_ numbers: [Int64]) throws -> String { constant(try ints(numbers)) }

    /// A constant of one element.
    mutating func number(_ number: Float, _ shape: [Int] = []) throws -> String {
        try constant(floats([number], shape))
    }

    mutating func constant(_ tensor: Tensor) -> String {
        count += 1
        initializers["c\(count)"] = tensor
        return "c\(count)"
    }

    /// A constant vector or more, of numbers that look random.
    mutating func weights(_ shape: [Int], seed: UInt64 = 1, around center: Float = 0) throws -> String {
        constant(try .noise(shape, seed: seed, around: center))
    }

    mutating func transpose(_ value: String, _ order: Int64...) -> String {
        self("Transpose", value, attributes: [Attribute("perm", .ints(order))])
    }

    /// The model with these outputs; its inputs have the types of `feeds`, or shapes of symbols where `isOpen`.
    func model(_ outputs: [String], _ feeds: [String: Tensor], isOpen: Bool = false) -> Model {
        var types: [String: ValueType] = [:]
        for (name, tensor) in feeds {
            let shape = tensor.shape.dimensions.enumerated().map { axis, extent in
                isOpen ? Dimension.symbol("\(name)\(axis)") : .fixed(extent)
            }
            types[name] = .tensor(tensor.elementType, shape)
        }
        return InferenceEngineTests.model(
            nodes,
            inputs: feeds.keys.sorted(),
            outputs: outputs,
            initializers: initializers,
            types: types,
            opsets: [OpsetImport(domain: .onnx, version: opset)]
        )
    }

    /// Expects the passes to leave these operators, and a run to give what the reference does.
    ///
    /// *Numerics*: differences are at most a hundred-thousandth of the largest output.
    func expect(
        _ expected: [String],
        outputs: [String],
        _ feeds: [String: Tensor],
        isOpen: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let model = model(outputs, feeds, isOpen: isOpen)
        var options = InferenceOptions.default
        options.checksInference = true
        let session = try InferenceSession(model, options: options)
        let types = feeds.mapValues { tensor in
            ValueType.tensor(tensor.elementType, tensor.shape.dimensions.map { .fixed($0) })
        }
        let operators = try session.optimisedOperators(for: types)
        #expect(operators == expected, sourceLocation: sourceLocation)
        let values = feeds.mapValues { Value.tensor($0) }
        let optimised = try session.run(values)
        let reference = try InferenceSession(model, options: .reference).run(values)
        for name in model.graph.outputs.map(\.name) {
            let (own, other) = (try #require(optimised[name]?.tensor), try #require(reference[name]?.tensor))
            #expect(own.shape == other.shape, sourceLocation: sourceLocation)
            guard own.elementType == .float else {
                #expect(describe(.tensor(own)) == describe(.tensor(other)), sourceLocation: sourceLocation)
                continue
            }
            let pairs = Array(try zip(own.elements(as: Float.self), other.elements(as: Float.self)))
            let largest = pairs.map(\.1).filter(\.isFinite).map(\.magnitude).max() ?? 0
            let isClose = { (own: Float, other: Float) in
                own == other || (own.isNaN && other.isNaN) || (own - other).magnitude <= 1e-5 * largest
            }
            let far = pairs.first { !isClose($0.0, $0.1) }
            #expect(far == nil, "output `\(name)`", sourceLocation: sourceLocation)
        }
    }
}

/// One way to write something down.
struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let write: @Sendable (inout SpelledGraph) throws -> String

    init(_ name: String, _ write: @escaping @Sendable (inout SpelledGraph) throws -> String) {
        testDescription = name
        self.write = write
    }
}

extension Tensor {
    /// Numbers between `center - 1` and `center + 1` that look random and are the same each time.
    static func noise(_ shape: [Int], seed: UInt64 = 1, around center: Float = 0) throws -> Tensor {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let count = shape.reduce(1, *)
        let elements = (0..<count).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return center + Float(state >> 40) / Float(1 << 23) - 1
        }
        return try floats(elements, shape)
    }
}
