import InferenceEngine
import OnnxIR
import TestSupport
import Tensors

/// Makes nodes of an operator with inputs that may or may not suit it: from a schema, wild in a seeded way.
struct NodeGenerator {
    /// A node by its parts.
    struct Sample {
        var attributes: [Attribute] = []
        /// `nil` for an input that is left out.
        var inputs: [Value?] = []
        var outputCount = 1
    }

    private let schema: OperatorSchema
    private var random: SeededRandom

    private static let numbers: [Int64] = [
        .min, -1 << 40, -3, -2, -1, 0, 1, 2, 3, 4, 7, 64, 1 << 16, 1 << 31, 1 << 40, .max,
    ]
    private static let reals: [Double] = [0, 1, -1, 2, 0.5, 3, .nan, .infinity, -.infinity, 1e30, -1e300]
    private static let texts = [
        "", "SAME_UPPER", "SAME_LOWER", "VALID", "linear", "cubic", "nearest", "constant", "reflect", "edge", "wrap",
        "ij,jk->ik", "ij,jk->ikik", "ii,jk->i", "..", "->", "...i->...", "bidirectional", "reverse", "LEFT", "DCR",
        "CRD", "mean", "none", "SUM",
        "MIN", "SOFTMAX", "PROBIT", "LEAF", "BRANCH_LEQ", "align_corners", "tf_crop_and_resize", "stretch", "L2",
    ]
    private static let shapes = [
        [], [0], [1], [2], [4], [2, 2], [1, 4], [0, 3], [3, 0], [4, 3], [1, 2, 3], [2, 0, 3], [2, 1, 4], [1, 1, 4, 4],
        [2, 4, 2, 2], [1, 2, 0, 3], [0, 2, 3, 3], [1, 4, 3, 3], [1, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 2],
    ]

    /// The generator of an operator's nodes; the same seed gives the same nodes.
    init(_ schema: OperatorSchema, seed: UInt64) {
        self.schema = schema
        random = SeededRandom(seed: schema.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    }

    /// The next node: an example with some damage, or of what the schema asks for, each part sometimes wild.
    mutating func next() throws -> Sample {
        if let example = NodeExample.all[key], chance(0.8) { return try damaged(example) }
        return try undamaged()
    }

    /// A node as the operator takes it, where an example is known, with one type in the place of a type variable.
    mutating func plain(_ variable: String, _ type: ElementType) throws -> Sample {
        let example = NodeExample.all[key]
        var sample = Sample(attributes: example?.attributes ?? [], outputCount: max(1, schema.outputCount.least))
        let inputs = isBatchedScan ? Self.batchedScanInputs : example?.inputs
        let count = inputs?.count ?? max(1, schema.inputCount.least)
        for index in 0..<count {
            let parameter = schema.input(at: index)
            let given = inputs?[index]
            if let given, case NodeExample.Input.none = given {
                sample.inputs.append(nil)
            } else if parameter?.type == variable, case .random(_, let shape) = given ?? .random(type, [2, 3]) {
                sample.inputs.append(.tensor(try tensor(type, shape)))
            } else if parameter?.type == variable, case .reals(let elements, let shape) = given {
                sample.inputs.append(.tensor(try tensor(type, shape ?? [elements.count])))
            } else if let given {
                sample.inputs.append(try value(given))
            } else {
                let allowed = parameter.flatMap { schema.typeConstraint($0.type)?.allowedTypes } ?? []
                let other = allowed.contains("tensor(float)") ? "tensor(float)" : allowed.first ?? parameter?.type
                sample.inputs.append(try value(ofType: other ?? "tensor(float)", [2, 3]))
            }
        }
        return sample
    }

    /// Before opset 9 the first input of `Scan` were lengths, and all others had a batch axis.
    private var isBatchedScan: Bool { schema.name == "Scan" && schema.sinceVersion < 9 }
    private static let batchedScanInputs: [NodeExample.Input] = [.none, .floats(2, 2), .floats(2, 3, 2)]

    private var key: String {
        let isOfStandard = schema.domain == .onnx || schema.domain == .onnxML
        return isOfStandard ? schema.name : "\(schema.domain).\(schema.name)"
    }

    private mutating func damaged(_ example: NodeExample) throws -> Sample {
        var (inputs, attributes) = (example.inputs, example.attributes)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let index = Int.random(in: 0..<max(1, max(inputs.count, attributes.count)), using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: if index < inputs.count { inputs[index] = damaged(inputs[index]) }
            case 4..<7: if index < attributes.count { attributes[index].value = damaged(attributes[index].value) }
            case 7: if index < attributes.count, chance(0.3) { attributes.remove(at: index) }
            case 8: if index < inputs.count, chance(0.3) { inputs[index] = .none }
            default:
                guard let added = pick(schema.attributes) else { continue }
                attributes.removeAll { $0.name == added.name }
                attributes.append(Attribute(added.name, try value(added, 0.5)))
            }
        }
        if isBatchedScan {
            inputs = Self.batchedScanInputs.prefix(Int.random(in: 2...3, using: &random)) + []
            if chance(0.5) { inputs[inputs.count - 1] = damaged(inputs[inputs.count - 1]) }
        }
        var sample = Sample(attributes: attributes, outputCount: max(1, schema.outputCount.least))
        if chance(0.2) { sample.outputCount = schema.outputCount.greatest ?? 3 }
        for input in inputs { sample.inputs.append(try value(input)) }
        return sample
    }

    private mutating func value(_ input: NodeExample.Input) throws -> Value? {
        switch input {
        case .none: return nil
        case .random(let type, let shape): return .tensor(try tensor(type, shape))
        case .integers(let elements, let shape): return .tensor(try Tensor(elements, shape: Shape(shape)))
        case .reals(let elements, let shape):
            return .tensor(try Tensor(elements, shape: shape.flatMap { Shape($0) }))
        case .sequence(let shape):
            let values = try (0..<3).map { _ in Value.tensor(try tensor(.float, shape)) }
            return .sequence(values, of: .tensor(.float, shape: nil))
        case .entries(let keys, let type):
            let values = try keys.map { _ in Value.tensor(try tensor(type, [])) }
            return .map(keys: try Tensor(keys), values: values, of: .tensor(type, []))
        }
    }

    private mutating func damaged(_ input: NodeExample.Input) -> NodeExample.Input {
        switch input {
        case .none, .sequence: return .random(.float, pick(Self.shapes) ?? [])
        case .entries(let keys, let type):
            return .entries(keys.map { chance(0.3) ? integer(0.5) : $0 }, chance(0.3) ? .string : type)
        case .reals(let elements, let shape):
            let wild = elements.map { chance(0.3) ? Float(pick(Self.reals) ?? 0) : $0 }
            return chance(0.2) ? .reals(wild.dropLast()) : .reals(wild, shape)
        case .integers(let elements, let shape):
            return chance(0.8)
                ? .integers(elements.map { chance(0.5) ? integer(0.5) : $0 }, shape)
                : .random(.int64, pick(Self.shapes) ?? [])
        case .random(let type, var shape):
            if chance(0.1) { return .random(pick(ElementType.allCases) ?? .float, shape) }
            if chance(0.1) { return .random(type, pick(Self.shapes) ?? []) }
            guard let axis = shape.indices.randomElement(using: &random), chance(0.9) else {
                return .random(type, shape + [pick([0, 1, 2]) ?? 1])
            }
            if chance(0.1) { shape.remove(at: axis) } else { shape[axis] = pick([0, 0, 1, 2, 3, 7]) ?? 0 }
            return .random(type, shape)
        }
    }

    private mutating func damaged(_ value: AttributeValue) -> AttributeValue {
        switch value {
        case .int: return .int(integer(0.7))
        case .ints(var numbers):
            guard let index = numbers.indices.randomElement(using: &random), chance(0.8) else {
                return .ints(Array(numbers.dropLast()))
            }
            numbers[index] = integer(0.7)
            return .ints(numbers)
        case .floats(let numbers): return .floats(numbers.map { chance(0.5) ? Float(pick(Self.reals) ?? 0) : $0 })
        case .float: return .float(Float(pick(Self.reals) ?? 0))
        case .strings(let texts): return .strings(Array(texts.dropLast()))
        case .graph: return .graph(body())
        default: return .string(Array((pick(Self.texts) ?? "").utf8))
        }
    }

    private mutating func undamaged() throws -> Sample {
        var sample = Sample()
        let wildness: Double = pick([0.0, 0.1, 0.5]) ?? 0
        for attribute in schema.attributes where chance(attribute.isRequired ? 0.95 : 0.4) {
            sample.attributes.append(Attribute(attribute.name, try value(attribute, wildness)))
        }
        let (least, greatest) = (schema.inputCount.least, schema.inputCount.greatest ?? schema.inputCount.least + 3)
        var count = Int.random(in: least...max(least, greatest), using: &random)
        if chance(wildness / 2) { count = Int.random(in: 0...(greatest + 2), using: &random) }
        var shape = pick(Self.shapes) ?? []
        var types: [String: String] = [:]
        for index in 0..<count {
            let parameter = schema.input(at: index)
            if chance(parameter?.option == .optional ? 0.3 : wildness / 8) {
                sample.inputs.append(nil)
                continue
            }
            if chance(0.5) { shape = pick(Self.shapes) ?? [] }
            let variable = parameter?.type ?? "tensor(float)"
            let allowed = schema.typeConstraint(variable)?.allowedTypes ?? [variable]
            var type = types[variable] ?? pick(allowed) ?? "tensor(float)"
            if types[variable] == nil, allowed.contains("tensor(float)"), chance(0.5) { type = "tensor(float)" }
            types[variable] = type
            if chance(wildness / 4) { type = "tensor(\(pick(ElementType.allCases)?.name ?? "float"))" }
            sample.inputs.append(try value(ofType: type, shape))
        }
        sample.outputCount = Int.random(
            in: max(1, schema.outputCount.least)...(schema.outputCount.greatest ?? schema.outputCount.least + 3),
            using: &random
        )
        return sample
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element? { choices.randomElement(using: &random) }

    private mutating func integer(_ wildness: Double) -> Int64 {
        chance(wildness) ? pick(Self.numbers) ?? 0 : Int64.random(in: -1...3, using: &random)
    }

    private mutating func value(ofType type: String, _ shape: [Int]) throws -> Value {
        func inner(_ prefix: String) -> String? {
            type.hasPrefix(prefix) ? String(type.dropFirst(prefix.count).dropLast()) : nil
        }
        if let element = inner("optional(") {
            let value = try value(ofType: element, shape)
            return .optional(chance(0.2) ? nil : value, of: Self.type(of: value))
        }
        if let element = inner("seq(") {
            var values: [Value] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                values.append(try value(ofType: element, chance(0.3) ? pick(Self.shapes) ?? [] : shape))
            }
            return .sequence(values, of: values.first.map(Self.type) ?? .tensor(.float, shape: nil))
        }
        let name = inner("tensor(") ?? "float"
        return .tensor(try tensor(ElementType(name: name) ?? .float, shape))
    }

    private static func type(of value: Value) -> ValueType {
        switch value {
        case .tensor(let tensor): .tensor(tensor.elementType, shape: nil)
        case .sequence(_, let type): .sequence(type)
        case .map(let keys, _, let type): .map(key: keys.elementType, value: type)
        case .optional(_, let type): .optional(type)
        }
    }

    private mutating func doubles(_ count: Int) -> [Double] { (0..<count).map { _ in pick(Self.reals) ?? 0 } }

    private mutating func tensor(_ type: ElementType, _ extents: [Int]) throws -> Tensor {
        let shape = Shape(extents) ?? .scalar
        let count = shape.elementCount
        switch type {
        case .string: return try Tensor(strings: (0..<count).map { _ in pick(Self.texts) ?? "" }, shape: shape)
        case .int64, .int32:
            let wildness: Double = pick([0.0, 0, 0.5]) ?? 0
            let elements: [Int64] = (0..<count).map { _ in integer(wildness) }
            guard type == .int32 else { return try Tensor(elements, shape: shape) }
            return try Tensor(elements.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
        case .float, .double:
            let elements = doubles(count)
            guard type == .float else { return try Tensor(elements, shape: shape) }
            return try Tensor(elements.map { Float($0) }, shape: shape)
        default:
            let byteCount = type.byteCount(of: count) ?? 0
            let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return try Tensor(elementType: type, shape: shape, region: .copying(bytes[...]))
        }
    }

    private mutating func value(
        _ attribute: OperatorSchema.AttributeSchema,
        _ wildness: Double
    ) throws -> AttributeValue {
        if let value = attribute.defaultValue, chance(0.3) { return AttributeValue(value) }
        let kinds: [AttributeKind] = [.int, .ints, .float, .floats, .string, .strings, .tensor, .graph]
        let kind = chance(wildness / 8) ? pick(kinds) ?? .int : attribute.kind
        let count = Int.random(in: 0..<5, using: &random)
        switch kind {
        case .int: return .int(integer(wildness))
        case .ints: return .ints((0..<count).map { _ in integer(wildness) })
        case .float: return .float(Float(pick(Self.reals) ?? 0))
        case .floats: return .floats(doubles(count).map { Float($0) })
        case .strings: return .strings((0..<count).map { _ in pick(Self.texts) ?? "" })
        case .tensor:
            let type = pick([.float, .int64, .double, .string, .bool]) ?? ElementType.float
            let tensor = try tensor(type, pick(Self.shapes) ?? [])
            return .tensor(OnnxTensor(name: "", tensor: tensor))
        case .graph: return .graph(body())
        default: return .string(Array((pick(Self.texts) ?? "").utf8))
        }
    }

    /// A graph that hands its inputs on, some of them twice or not at all.
    private mutating func body() -> Graph {
        var graph = Graph(name: "body")
        let names = (0..<Int.random(in: 0...4, using: &random)).map { "b\($0)" }
        graph.inputs = names.map { ValueInfo(name: $0, type: nil) }
        for index in 0..<Int.random(in: 0...4, using: &random) {
            guard let name = pick(names) else { break }
            graph.nodes.append(Node("Identity", inputs: [name], outputs: ["o\(index)"]))
            graph.outputs.append(ValueInfo(name: "o\(index)", type: nil))
        }
        return graph
    }
}
