import Diagnostics
import OnnxIR
import Tensors

/// Keys of one type replaced by values of another, with a default for unknown keys.
///
/// The first version maps between strings and their places in `classes_strings`; NaN is a key since the fourth.
struct LabelEncoder: Operator {
    /// A key or a value: text, or a number by its bits so that NaN is equal to itself.
    private enum Label: Hashable, Sendable {
        case text(String)
        case integer(Int)
        case real(UInt64)

        static func of(_ value: Double) -> Label { .real(value.isNaN ? Double.nan.bitPattern : (value + 0).bitPattern) }
    }

    private let table: [Label: Label]
    private let fallbacks: [ElementType: Label]
    /// The type of the values; `nil` in the first version, in which it depends on the input.
    private let valueType: ElementType?

    static let definition = OperatorDefinition("LabelEncoder", domain: .onnxML, since: 1, 2, 4) {
        node throws(EngineError) in
        if node.version == 1 {
            let classes = try node.required("classes_strings", node.strings("classes_strings"))
            let pairs = classes.enumerated().map { (Label.text($0.element), Label.integer($0.offset)) }
            return LabelEncoder(
                table: Dictionary(pairs + pairs.map { ($0.1, $0.0) }, uniquingKeysWith: { first, _ in first }),
                fallbacks: [
                    .string: .text(try node.string("default_string") ?? "_Unused"),
                    .int64: .integer(try node.int("default_int64", default: -1)),
                ],
                valueType: nil
            )
        }
        let keys = try labels(node, "keys")
        let values = try labels(node, "values")
        guard keys.labels.count == values.labels.count else {
            throw EngineError(
                .attribute,
                "there are \(keys.labels.count) keys and \(values.labels.count) values, expected as many"
            )
        }
        // SPEC: a key that is not a number stands for itself since version 4 only.
        let pairs = zip(keys.labels, values.labels).filter { node.version >= 4 || $0.0 != .of(.nan) }
        return LabelEncoder(
            table: Dictionary(pairs, uniquingKeysWith: { first, _ in first }),
            fallbacks: [values.type: try fallback(node, values.type)],
            valueType: values.type
        )
    }

    private static func labels(
        _ node: NodeContext,
        _ prefix: String
    ) throws(EngineError) -> (labels: [Label], type: ElementType) {
        if let texts = try node.strings(prefix + "_strings") { return (texts.map { .text($0) }, .string) }
        if let numbers = try node.ints(prefix + "_int64s") { return (numbers.map { .integer($0) }, .int64) }
        if let numbers = try node.floats(prefix + "_floats") { return (numbers.map { .of(Double($0)) }, .float) }
        if let tensor = try node.tensor(prefix + "_tensor") { return (try labels(tensor), tensor.elementType) }
        throw EngineError(.attribute, "none of the `\(prefix)_…` attributes is given, expected one")
    }

    private static func fallback(_ node: NodeContext, _ type: ElementType) throws(EngineError) -> Label {
        if let tensor = try node.tensor("default_tensor"), let label = try labels(tensor).first { return label }
        switch type {
        case .string: return .text(try node.string("default_string") ?? "_Unused")
        case .float, .double: return .of(Double(try node.float("default_float", default: -0.0)))
        default: return .integer(try node.int("default_int64", default: -1))
        }
    }

    private static func labels(_ tensor: Tensor) throws(EngineError) -> [Label] {
        switch tensor.elementType {
        case .string: return try tensor.stringElements().map { .text($0) }
        case .float: return try tensor.array(of: Float.self).map { .of(Double($0)) }
        case .double: return try tensor.array(of: Double.self).map { .of($0) }
        default: return try tensor.integers("the labels").map { .integer($0) }
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard valueType == nil else { return [inputs.like(elementType: valueType)] }
        return [inputs.like(elementType: inputs.elementType() == .string ? .int64 : .string)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let type = valueType ?? (input.elementType == .string ? .int64 : .string)
        let values = try Self.labels(input).map { table[$0] ?? fallbacks[type] ?? .integer(-1) }
        let texts = values.map { if case .text(let text) = $0 { text } else { "" } }
        if type == .string { return [.tensor(try .of(strings: texts, input.shape))] }
        let numbers = values.map { value -> Double in
            switch value {
            case .text: 0
            case .integer(let number): Double(number)
            case .real(let bits): Double(bitPattern: bits)
            }
        }
        guard type == .int64 else { return [.tensor(try call.cast(.of(numbers, input.shape), to: type))] }
        let integers = values.map { if case .integer(let number) = $0 { Int64(number) } else { Int64(0) } }
        return [.tensor(try .of(integers, input.shape))]
    }
}
