import Diagnostics
import OnnxIR
import Tensors

/// Strings replaced by integers, or integers by strings, whichever the input holds, with a default for unknown ones.
///
/// It is the first version of `LabelEncoder` as well, whose integers are the places of its classes.
struct CategoryMapper: Operator {
    private let numbers: [ExactText: Int]
    private let texts: [Int: String]
    private let defaultNumber: Int
    private let defaultText: String

    static let definition = OperatorDefinition("CategoryMapper", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        try CategoryMapper(
            node,
            numbers: node.required("cats_int64s", node.ints("cats_int64s")),
            texts: node.required("cats_strings", node.strings("cats_strings"))
        )
    }

    /// Categories by numbers and texts in the same order; where one stands twice, the last counts.
    ///
    /// *Throws*: `attribute` when there are not as many of both.
    init(_ node: NodeContext, numbers: [Int], texts: [String]) throws(EngineError) {
        guard numbers.count == texts.count else {
            throw EngineError(
                .attribute,
                "there are \(numbers.count) integers and \(texts.count) strings, expected as many"
            )
        }
        self.numbers = Dictionary(zip(texts.map { ExactText($0) }, numbers), uniquingKeysWith: { _, last in last })
        self.texts = Dictionary(zip(numbers, texts), uniquingKeysWith: { _, last in last })
        defaultNumber = try node.int("default_int64", default: -1)
        defaultText = try node.string("default_string") ?? "_Unused"
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        switch inputs.elementType() {
        case .string: [inputs.like(elementType: .int64)]
        case .int64: [inputs.like(elementType: .string)]
        default: [.tensor(nil, inputs.shape())]
        }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        if let strings = input.strings {
            return [.tensor(try .of(strings.map { Int64(numbers[ExactText($0)] ?? defaultNumber) }, input.shape))]
        }
        let keys = try input.array(of: Int64.self)
        try call.state.check(.string, input.shape)
        return [.tensor(try .of(strings: keys.map { texts[Int($0)] ?? defaultText }, input.shape))]
    }
}
