import Diagnostics
import JSON

extension SkopsTreeBuilder {
    /// An object by the kind of its node, as the call by which a pickle would make it.
    mutating func object(_ node: JSONValue, loader: String) throws(ModelFormatError) -> Int {
        switch loader {
        case "ObjectNode", "RandomStateNode":
            return try call(try global(node), [], state: try state(node["content"]))
        case "RandomGeneratorNode":
            return try call(try global(node), [])
        case "TreeNode", "LossNode", "QuantileForestNode":
            guard let arguments = node["__reduce__"]?["args"] else {
                throw ModelFormatError(.malformed, "a node of kind `\(loader)` has no `__reduce__`")
            }
            let values = try elements(of: try value(arguments))
            return try call(try global(node), values, state: try state(node["content"]))
        case "ConstructorFromReduceNode":
            let arguments = try elements(of: try value(try content(node)))
            let isSet = node["__class__"]?.string == "frozenset"
            if isSet, let first = arguments.first { return try add(.set(try elements(of: first))) }
            return try call(try global(node), arguments)
        case "MaskedArrayNode":
            return try call(
                try global(node),
                [try value(try content(node, "data")), try value(try content(node, "mask"))]
            )
        case "MethodNode":
            guard let name = try content(node, "func").string else {
                throw ModelFormatError(.malformed, "a method has no name")
            }
            let object = try value(try content(node, "obj"))
            return try call(try global("builtins", "getattr"), [object, try add(.string(name))])
        case "PartialNode":
            let function = try value(try content(node, "func"))
            var parts = [function]
            for name in ["args", "kwds", "namespace"] { parts.append(try value(try content(node, name))) }
            return try call(try global(node), [function], state: try add(.tuple(parts)))
        case "OperatorFuncNode":
            guard let attributes = node["attrs"] else {
                throw ModelFormatError(.malformed, "a function of `operator` has no `attrs`")
            }
            return try call(try global(node), try elements(of: try value(attributes)))
        case "SliceNode":
            var bounds: [Int] = []
            for name in ["start", "stop", "step"] { bounds.append(try bound(try content(node, name))) }
            return try call(try global(node), bounds)
        default:
            throw ModelFormatError(.unsupported, "nodes of kind `\(loader)` are not supported")
        }
    }

    /// The state of an object; `nil` for one that has none.
    private mutating func state(_ content: JSONValue?) throws(ModelFormatError) -> Int? {
        guard let content else { return nil }
        let index = try value(content)
        guard case .none = tree.nodes[index] else { return index }
        return nil
    }

    private func elements(of index: Int) throws(ModelFormatError) -> [Int] {
        switch tree.nodes[index] {
        case .tuple(let items), .list(let items), .set(let items): return items
        default: throw ModelFormatError(.malformed, "the arguments of a call are no sequence")
        }
    }

    private mutating func bound(_ value: JSONValue) throws(ModelFormatError) -> Int {
        switch value {
        case .null: return try add(.none)
        case .number(let number): return try add(Self.number(number))
        case .string(let string): return try add(.string(string))
        // Bounds that are no numbers of Python's are nodes in newer versions.
        default: return try self.value(value)
        }
    }
}
