import Tensors

/// A view of one value of a pickle's tree, with the meaning that Python gives it.
package struct PickleValue {
    package let tree: PickleTree
    package let index: Int

    /// The value at an index of a tree.
    package init(tree: PickleTree, index: Int) {
        self.tree = tree
        self.index = index
    }

    package var node: PickleNode { tree.nodes[index] }

    private func value(_ index: Int) -> PickleValue { PickleValue(tree: tree, index: index) }

    package var isNone: Bool {
        guard case .none = node else { return false }
        return true
    }

    /// A boolean of Python or NumPy.
    package var bool: Bool? {
        switch node {
        case .bool(let bool): bool
        case .object: numPyScalar.flatMap { try? $0.tensor().elements(as: Bool.self).first }
        default: nil
        }
    }

    /// An integer of Python or NumPy; booleans are none.
    package var int: Int? {
        switch node {
        case .int(let int): int
        case .object: numPyScalar.flatMap { try? $0.integers().first }
        default: nil
        }
    }

    /// A number of Python or NumPy as a double; booleans are none.
    package var double: Double? {
        switch node {
        case .float(let double): double
        case .int(let int): Double(int)
        case .object: numPyScalar.flatMap { try? $0.doubles().first }
        default: nil
        }
    }

    /// Text of Python or NumPy.
    package var string: String? {
        switch node {
        case .string(let string): string
        case .object: numPyScalar.flatMap { try? $0.tensor().strings?.first }
        default: nil
        }
    }

    /// Bytes; protocols below 3 write them as a call that encodes text as Latin-1.
    package var bytes: ArraySlice<UInt8>? {
        switch node {
        case .bytes(let bytes): return bytes
        case .object:
            switch className {
            case "_codecs.encode":
                guard let arguments, let text = arguments.first?.string, arguments.dropFirst().first?.string == "latin1"
                else { return nil }
                return latin1(text)
            case "builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray":
                guard let first = arguments?.first else { return [] }
                return first.bytes ?? first.string.flatMap { latin1($0) }
            default: return nil
            }
        case .string(let text): return latin1(text)
        default: return nil
        }
    }

    private func latin1(_ text: String) -> ArraySlice<UInt8>? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes[...]
    }

    /// The elements of a list, tuple or set.
    package var elements: [PickleValue]? {
        switch node {
        case .list(let items), .tuple(let items), .set(let items): items.map(value)
        default: nil
        }
    }

    /// The entries of a dictionary, in its order.
    package var entries: [(key: PickleValue, value: PickleValue)]? {
        switch node {
        case .dict(let entries): entries.map { (value($0.key), value($0.value)) }
        case .object(let object): object.entries.map { (value($0.key), value($0.value)) }
        default: nil
        }
    }

    /// The arguments of the call that makes an object.
    package var arguments: [PickleValue]? {
        guard case .object(let object) = node else { return nil }
        return value(object.arguments).elements
    }

    /// What `__setstate__` would have got.
    package var state: PickleValue? {
        guard case .object(let object) = node else { return nil }
        return object.state.map(value)
    }

    /// A class or function by its full name.
    package var globalName: String? {
        guard case .global(let module, let name) = node else { return nil }
        return "\(module).\(name)"
    }

    /// The class of an object, or the function that makes it, by its full name.
    package var className: String? {
        guard case .object(let object) = node else { return nil }
        switch value(object.callable).globalName {
        case "copy_reg._reconstructor", "copyreg._reconstructor", "copy_reg.__newobj__", "copyreg.__newobj__":
            return arguments?.first?.globalName
        case let name: return name
        }
    }

    /// An attribute of an object, or the entry of a dictionary with this text as key; the last one counts.
    package subscript(name: String) -> PickleValue? {
        attributeEntries?.last { $0.key.string == name }?.value
    }

    /// The attributes of an object by name, in the pickle's order; empty when it has none.
    package var attributes: [(name: String, value: PickleValue)] {
        (attributeEntries ?? []).compactMap { entry in entry.key.string.map { ($0, entry.value) } }
    }

    private var attributeEntries: [(key: PickleValue, value: PickleValue)]? {
        guard case .object = node else { return entries }
        guard let state else { return nil }
        // SPEC: copyreg: the state of a class with slots is a pair of dictionaries.
        guard let pair = state.elements else { return state.entries }
        return pair.count == 2 ? (pair[0].entries ?? []) + (pair[1].entries ?? []) : nil
    }
}
