import Diagnostics
import JSON

/// Turns the nodes of a skops schema into the values that a pickle of the same object describes.
struct SkopsTreeBuilder {
    let tree = PickleTree(format: .skops)
    /// The members of the archive by name, but for the schema.
    let members: [String: [UInt8]]
    let limits: PickleLimits
    /// Bytes that an archive inside of the archive may hold.
    let byteCount: Int
    /// Values by the `__id__` of their nodes: one object may stand in several places.
    private var known: [Int: Int] = [:]
    private var globals: [PickleGlobal: Int] = [:]
    /// Arrays and states of sparse matrices by the members that they were read from.
    var arrays: [String: NumPyArray] = [:]
    var sparseStates: [String: Int] = [:]

    init(members: [String: [UInt8]], limits: PickleLimits, byteCount: Int) {
        self.members = members
        self.limits = limits
        self.byteCount = byteCount
    }

    /// The index of the value that a node describes.
    ///
    /// Recursion is bounded by the depth to which the schema may nest.
    mutating func value(_ node: JSONValue) throws(ModelFormatError) -> Int {
        guard let loader = node["__loader__"]?.string else {
            throw ModelFormatError(.malformed, "a node has no `__loader__`, expected the name of its kind")
        }
        let id = node["__id__"]?.number?.int ?? 0
        if id != 0, let index = known[id] { return index }
        guard loader != "CachedNode" else {
            throw ModelFormatError(.malformed, "a node refers to id \(id), which no node before it has")
        }
        let index = try value(node, loader: loader)
        if id != 0 { known[id] = index }
        return index
    }

    private mutating func value(_ node: JSONValue, loader: String) throws(ModelFormatError) -> Int {
        switch loader {
        case "DictNode": try dict(node)
        case "DefaultDictNode", "_DictWithDeprecatedKeysNode": try value(try content(node, "main"))
        case "ListNode": try add(.list(try values(node)))
        case "TupleNode": try add(.tuple(try values(node)))
        case "SetNode": try add(.set(try values(node)))
        case "JsonNode": try scalar(node)
        case "BytesNode", "BytearrayNode": try add(.bytes(try member(node)[...]))
        case "FunctionNode", "TypeNode": try global(node)
        case "NdArrayNode": try array(node)
        case "DTypeNode": try dtype(node)
        case "SparseMatrixNode": try sparseMatrix(node)
        default: try object(node, loader: loader)
        }
    }

    // MARK: Parts of nodes

    func content(_ node: JSONValue) throws(ModelFormatError) -> JSONValue {
        guard let content = node["content"] else { throw ModelFormatError(.malformed, "a node has no `content`") }
        return content
    }

    /// A part of the content of a node that names its parts.
    func content(_ node: JSONValue, _ name: String) throws(ModelFormatError) -> JSONValue {
        guard let part = try content(node)[name] else {
            throw ModelFormatError(.malformed, "the content of a node has no `\(name)`")
        }
        return part
    }

    /// The member of the archive that a node refers to.
    func member(_ node: JSONValue) throws(ModelFormatError) -> [UInt8] {
        guard let name = node["file"]?.string, let bytes = members[name] else {
            let name = node["file"]?.string.map { "`\($0)`" } ?? "without a name"
            throw ModelFormatError(.malformed, "a node refers to the member \(name), which the archive does not hold")
        }
        return bytes
    }

    func mismatch(_ content: JSONValue, of owner: String, expected: JSONKind) -> ModelFormatError {
        ModelFormatError(.malformed, "the content of \(owner) is \(content.kind), expected \(expected)")
    }

    private mutating func values(_ node: JSONValue) throws(ModelFormatError) -> [Int] {
        guard let nodes = try content(node).array else {
            throw mismatch(try content(node), of: "a sequence", expected: .array)
        }
        var indices: [Int] = []
        indices.reserveCapacity(nodes.count)
        for node in nodes { indices.append(try value(node)) }
        return indices
    }

    private mutating func dict(_ node: JSONValue) throws(ModelFormatError) -> Int {
        guard let members = try content(node).object?.members else {
            throw mismatch(try content(node), of: "a dictionary", expected: .object)
        }
        let types = node["key_types"]?["content"]?.array ?? []
        guard types.isEmpty || types.count == members.count else {
            throw ModelFormatError(
                .malformed,
                "a dictionary has \(types.count) types of keys, expected \(members.count) from its content"
            )
        }
        var entries: [(key: Int, value: Int)] = []
        for (position, member) in members.enumerated() {
            let type = types.isEmpty ? "str" : types[position]["__class__"]?.string ?? "str"
            let key = try add(try Self.key(member.key, type: type))
            let index = try locating(.item("key", member.key)) { () throws(ModelFormatError) in
                try value(member.value)
            }
            entries.append((key, index))
        }
        return try add(.dict(entries))
    }

    /// A key, which JSON holds as text, in the type that it had: Python's or NumPy's numbers and booleans.
    private static func key(_ text: String, type: String) throws(ModelFormatError) -> PickleNode {
        switch type {
        case "NoneType": return .none
        case "bool", "bool_": return .bool(text == "true" || text == "True")
        case _ where type.hasPrefix("int") || type.hasPrefix("uint"): return Int(text).map { .int($0) } ?? .bigInt
        case _ where type.hasPrefix("float"):
            guard let number = Double(text) else {
                throw ModelFormatError(.malformed, "key `\(text.prefix(40))` is not a number")
            }
            return .float(number)
        default: return .string(text)
        }
    }

    private mutating func scalar(_ node: JSONValue) throws(ModelFormatError) -> Int {
        guard let text = try content(node).string else {
            throw mismatch(try content(node), of: "a scalar", expected: .string)
        }
        let scalar = try readingJSON { () throws(JSONError) -> JSONValue in
            try JSONValue.parse(Array(text.utf8), limits: JSONLimits(depth: 1, acceptsNonFiniteLiterals: true))
        }
        switch scalar {
        case .null: return try add(.none)
        case .bool(let bool): return try add(.bool(bool))
        case .string(let string): return try add(.string(string))
        case .number(let number): return try add(Self.number(number))
        case .array, .object:
            throw ModelFormatError(.malformed, "the content of a scalar is \(scalar.kind), expected a number or text")
        }
    }

    /// A number as Python reads it: an integer where neither point nor exponent stands.
    static func number(_ number: JSONNumber) -> PickleNode {
        if let int = number.int { return .int(int) }
        let isInteger = number.text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isInteger ? .bigInt : .float(number.double)
    }

    // MARK: Values

    mutating func add(_ node: PickleNode, isImplied: Bool = false) throws(ModelFormatError) -> Int {
        guard tree.nodes.count < limits.nodeCount else {
            throw ModelFormatError(.tooLarge, "the schema holds too many values, expected at most \(limits.nodeCount)")
        }
        return tree.append(node, isImplied: isImplied)
    }

    /// The class or function of a name; `isImplied` when a pickle would name it and the schema does not.
    mutating func global(_ module: String, _ name: String, isImplied: Bool = false) throws(ModelFormatError) -> Int {
        let global = PickleGlobal(module: module, name: name)
        if let index = globals[global] { return index }
        let index = try add(.global(module: module, name: name), isImplied: isImplied)
        globals[global] = index
        return index
    }

    /// The class or function that a node names.
    mutating func global(_ node: JSONValue) throws(ModelFormatError) -> Int {
        // Protocol 0 names functions in the content.
        let inner = node["content"]
        let module = inner?["module_path"]?.string ?? node["__module__"]?.string
        guard let module, let name = inner?["function"]?.string ?? node["__class__"]?.string else {
            throw ModelFormatError(.malformed, "a node has no `__module__` or `__class__`")
        }
        return try global(module, name)
    }

    /// What a call would have made.
    mutating func call(_ callable: Int, _ arguments: [Int], state: Int? = nil) throws(ModelFormatError) -> Int {
        let arguments = try add(.tuple(arguments))
        return try add(.object(PickleObject(callable: callable, arguments: arguments, state: state)))
    }
}
