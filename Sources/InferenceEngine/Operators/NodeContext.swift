import Diagnostics
import OnnxIR
import Tensors

/// What an operator can ask about its node when it is prepared.
struct NodeContext {
    let name: String
    /// The version of the operator that rules: one of its definition's versions.
    let version: Int
    /// Which inputs are given.
    let hasInput: [Bool]
    let outputCount: Int
    /// What decodes images, where the session has it.
    let imageDecoder: (any ImageDecoding)?
    private let attributes: [String: AttributeValue]
    /// A symbol for an extent that only a run knows, of this node alone.
    let symbol: String
    /// Counts memory that the prepared operator takes.
    let hold: (_ byteCount: Int) throws(EngineError) -> Void
    private let makeDense: (OnnxSparseTensor) throws(EngineError) -> Tensor
    private let loadSubgraph: (Graph) throws(EngineError) -> Subgraph

    init(
        _ node: Node,
        version: Int,
        attributes: [String: AttributeValue],
        hasInput: [Bool],
        imageDecoder: (any ImageDecoding)?,
        symbol: String,
        hold: @escaping (_ byteCount: Int) throws(EngineError) -> Void,
        makeDense: @escaping (OnnxSparseTensor) throws(EngineError) -> Tensor,
        loadSubgraph: @escaping (Graph) throws(EngineError) -> Subgraph
    ) {
        name = node.opType
        self.version = version
        self.attributes = attributes
        self.hasInput = hasInput
        outputCount = node.outputs.count
        self.imageDecoder = imageDecoder
        self.symbol = symbol
        self.hold = hold
        self.makeDense = makeDense
        self.loadSubgraph = loadSubgraph
    }

    func has(_ name: String) -> Bool { attributes[name] != nil }

    func int(_ name: String) throws(EngineError) -> Int? {
        guard let value = attributes[name] else { return nil }
        guard case .int(let int) = value else { throw mismatch(name, value, "an int") }
        return Int(int)
    }

    func int(_ name: String, default value: Int) throws(EngineError) -> Int { try int(name) ?? value }

    /// A number of groups, 1 unless it is given, so small that its product with an extent fits an `Int`.
    func groupCount(_ name: String) throws(EngineError) -> Int {
        let count = try int(name, default: 1)
        guard count > 0, count <= 1 << 24 else {
            throw .attribute(name, count, expected: "1 to \(1 << 24)")
        }
        return count
    }

    func bool(_ name: String, default value: Bool) throws(EngineError) -> Bool {
        try int(name).map { $0 != 0 } ?? value
    }

    func float(_ name: String) throws(EngineError) -> Float? {
        guard let value = attributes[name] else { return nil }
        guard case .float(let float) = value else { throw mismatch(name, value, "a float") }
        return float
    }

    func float(_ name: String, default value: Float) throws(EngineError) -> Float { try float(name) ?? value }

    func ints(_ name: String) throws(EngineError) -> [Int]? {
        guard let value = attributes[name] else { return nil }
        guard case .ints(let ints) = value else { throw mismatch(name, value, "ints") }
        return ints.map { Int($0) }
    }

    func floats(_ name: String) throws(EngineError) -> [Float]? {
        guard let value = attributes[name] else { return nil }
        guard case .floats(let floats) = value else { throw mismatch(name, value, "floats") }
        return floats
    }

    func string(_ name: String) throws(EngineError) -> String? {
        guard let value = attributes[name] else { return nil }
        guard case .string(let bytes) = value else { throw mismatch(name, value, "a string") }
        return try text(bytes, of: name)
    }

    /// A string that is one of `choices`, or the first of them when the attribute is not given.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        default value: Choice
    ) throws(EngineError) -> Choice {
        guard let text = try string(name) else { return value }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw EngineError(.attribute, "attribute `\(name)` is `\(text)`, expected one of \(known)")
        }
        return choice
    }

    /// Strings as they lie in the file.
    func byteStrings(_ name: String) throws(EngineError) -> [[UInt8]]? {
        guard let value = attributes[name] else { return nil }
        guard case .strings(let strings) = value else { throw mismatch(name, value, "strings") }
        return strings
    }

    func strings(_ name: String) throws(EngineError) -> [String]? {
        guard let strings = try byteStrings(name) else { return nil }
        var texts: [String] = []
        for string in strings { texts.append(try text(string, of: name)) }
        return texts
    }

    func tensor(_ name: String) throws(EngineError) -> Tensor? {
        guard let value = attributes[name] else { return nil }
        guard case .tensor(let tensor) = value else { throw mismatch(name, value, "a tensor") }
        try RunState.checkEmpty(tensor.tensor.shape)
        return try tensor.tensor.aligned()
    }

    /// A sparse tensor with its zeros.
    func denseTensor(_ name: String) throws(EngineError) -> Tensor? {
        guard let value = attributes[name] else { return nil }
        guard case .sparseTensor(let tensor) = value else { throw mismatch(name, value, "a sparse tensor") }
        return try makeDense(tensor)
    }

    func type(_ name: String) throws(EngineError) -> ValueType? {
        guard let value = attributes[name] else { return nil }
        guard case .type(let type) = value else { throw mismatch(name, value, "a type") }
        return type
    }

    /// An element type by its number.
    func elementType(_ name: String) throws(EngineError) -> ElementType? {
        guard let number = try int(name) else { return nil }
        guard let type = Int32(exactly: number).flatMap(ElementType.init(rawValue:)) else {
            throw EngineError(.attribute, "attribute `\(name)` is \(number), expected the number of an element type")
        }
        return type
    }

    func subgraph(_ name: String) throws(EngineError) -> Subgraph {
        guard let value = attributes[name] else { throw missing(name) }
        guard case .graph(let graph) = value else { throw mismatch(name, value, "a graph") }
        return try loadSubgraph(graph)
    }

    /// The value, or the error for an attribute that must be given.
    func required<Value>(_ name: String, _ value: Value?) throws(EngineError) -> Value {
        guard let value else { throw missing(name) }
        return value
    }

    private func missing(_ name: String) -> EngineError {
        EngineError(.attribute, "attribute `\(name)` is missing")
    }

    private func mismatch(_ name: String, _ value: AttributeValue, _ expected: String) -> EngineError {
        EngineError(.attribute, "attribute `\(name)` has the kind `\(value.kind)`, expected \(expected)")
    }

    /// *Throws*: `attribute` for bytes that are not UTF-8.
    func text(_ bytes: [UInt8], of name: String) throws(EngineError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EngineError(.attribute, "attribute `\(name)` is not UTF-8")
        }
        return text
    }
}
