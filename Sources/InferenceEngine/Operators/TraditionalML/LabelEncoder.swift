import Diagnostics
import OnnxIR
import Tensors

/// Keys of one type replaced by values of another, with a default for unknown keys.
struct LabelEncoder: Operator {
    /// A key: text, or a number by its bits.
    private enum Key: Hashable, Sendable {
        case text(ExactText)
        case integer(Int)
        case real(UInt64)
    }

    /// For each key the place of its value.
    private let places: [Key: Int]
    private let keyType: ElementType
    /// The values, and behind them the default.
    private let values: Tensor
    private let comparesBits: Bool

    static let definition = OperatorDefinition("LabelEncoder", domain: .onnxML, since: 1, 2, 4) {
        node throws(EngineError) -> any Operator in
        guard node.version > 1 else {
            let classes = try node.required("classes_strings", node.strings("classes_strings"))
            return try CategoryMapper(node, numbers: Array(classes.indices), texts: classes)
        }
        return try LabelEncoder(node)
    }

    private init(_ node: NodeContext) throws(EngineError) {
        // SPEC: version 2 compares bit by bit and leaves open which of two equal keys counts, as onnxruntime the first;
        // version 4 takes every NaN for the same key, and the last of two equal ones.
        comparesBits = node.version < 4
        let keys = try Self.list(node, "keys")
        let values = try Self.list(node, "values")
        let count = keys.shape.elementCount
        guard values.shape.elementCount == count else {
            throw EngineError(
                .attribute,
                "there are \(count) keys and \(values.shape.elementCount) values, expected as many"
            )
        }
        let comparesBits = comparesBits
        places = Dictionary(
            zip(try Self.keys(keys, comparesBits: comparesBits), 0..<count),
            uniquingKeysWith: { comparesBits ? $0 : $1 }
        )
        keyType = keys.elementType
        self.values = try Self.list(values, followedByDefaultOf: node)
    }

    /// The keys or values, from the attribute that is given.
    private static func list(_ node: NodeContext, _ prefix: String) throws(EngineError) -> Tensor {
        if let texts = try node.strings(prefix + "_strings") { return try .of(strings: texts) }
        if let numbers = try node.ints(prefix + "_int64s") { return try .of(numbers.map { Int64($0) }) }
        if let numbers = try node.floats(prefix + "_floats") { return try .of(numbers) }
        if let tensor = try node.tensor(prefix + "_tensor") { return tensor }
        throw EngineError(.attribute, "none of the `\(prefix)_…` attributes is given, expected one")
    }

    private static func list(_ values: Tensor, followedByDefaultOf node: NodeContext) throws(EngineError) -> Tensor {
        let given = try node.tensor("default_tensor")
        if let given, given.elementType != values.elementType || given.shape.elementCount != 1 {
            throw EngineError(
                .attribute,
                "`default_tensor` is `\(given.elementType.name)` \(given.shape), expected one `\(values.elementType.name)`"
            )
        }
        let integer = try node.int("default_int64", default: -1)
        let real = try node.float("default_float", default: -0.0)
        func numbers<Number: CastElement>(_ fallback: Number) throws(EngineError) -> Tensor {
            try .of(values.array(of: Number.self) + (given?.array(of: Number.self) ?? [fallback]))
        }
        switch values.elementType {
        case .string:
            let fallback = try node.string("default_string") ?? "_Unused"
            return try .of(strings: values.stringElements() + (given?.stringElements() ?? [fallback]))
        case .int64: return try numbers(Int64(integer))
        case .int32: return try numbers(Int32(truncatingIfNeeded: integer))
        case .int16: return try numbers(Int16(truncatingIfNeeded: integer))
        case .float: return try numbers(real)
        case .double: return try numbers(Double(real))
        default: throw EngineError(.attribute, "values of type `\(values.elementType.name)` are not supported")
        }
    }

    private static func keys(_ tensor: Tensor, comparesBits: Bool) throws(EngineError) -> [Key] {
        func key(_ value: Double) -> Key {
            if comparesBits { return .real(value.bitPattern) }
            return .real(value.isNaN ? Double.nan.bitPattern : (value + 0).bitPattern)
        }
        switch tensor.elementType {
        case .string: return try tensor.stringElements().map { .text(ExactText($0)) }
        case .float: return try tensor.array(of: Float.self).map { key(Double($0)) }
        case .double: return try tensor.array(of: Double.self).map { key($0) }
        default: return try tensor.integers("the keys").map { .integer($0) }
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: values.elementType)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.elementType == keyType else {
            throw .input(input, expected: "`\(keyType.name)`, as the keys are")
        }
        let fallback = values.shape.elementCount - 1
        try call.state.check(values.elementType, input.shape)
        try call.state.checkScratch(
            input.shape.elementCount,
            of: MemoryLayout<Key>.stride + 2 * MemoryLayout<Int>.stride
        )
        let sources = try Self.keys(input, comparesBits: comparesBits).map { places[$0] ?? fallback }
        let map = AxisMap(offsets: [.listed(sources)])
        return [.tensor(try call.moved(values, to: .vector(sources.count), map).with(shape: input.shape))]
    }
}
