import Diagnostics
import ModelFormats
import Tensors

/// Tells the values of a saved model, within limits that hold also where a file refers to one value a million times.
struct OutlineBuilder {
    let limits: OutlineLimits
    private var valueCount = 0
    /// What arrays and scalars tell, by their index in the pickle.
    private var leaves: [Int: OutlineValue] = [:]

    init(limits: OutlineLimits) { self.limits = limits }

    /// A value of a pickle.
    mutating func value(_ value: PickleValue, depth: Int) -> OutlineValue {
        if let refusal = refusal(at: depth) { return refusal }
        switch value.node {
        case .none: return .none
        case .bool(let bool): return .bool(bool)
        case .int(let int): return .int(int)
        case .bigInt: return .text("an integer beyond 64 bits")
        case .float(let double): return .double(double)
        case .string(let string): return .string(shortened(string))
        case .bytes(let bytes): return .text("\(bytes.count) bytes")
        case .global: return .text(value.globalName ?? "")
        case .array(let array): return self.array(array)
        case .list(let items), .tuple(let items), .set(let items):
            let elements = items.prefix(limits.elementCount).map { PickleValue(tree: value.tree, index: $0) }
            return .list(told(elements, depth: depth), count: items.count)
        case .dict: return entries(value, depth: depth)
        case .object: return object(value, depth: depth)
        }
    }

    private mutating func object(_ value: PickleValue, depth: Int) -> OutlineValue {
        if let leaf = leaves[value.index] { return leaf }
        if let leaf = leaf(value) {
            leaves[value.index] = leaf
            return leaf
        }
        if let objects = try? value.objects() {
            valueCount += objects.elements.count / Self.valuesForOne
            let elements = told(objects.elements.prefix(limits.elementCount), depth: depth)
            return .array(type: "object", shape: objects.shape.dimensions, elements: elements)
        }
        if value.entries?.isEmpty == false { return entries(value, depth: depth) }
        var attributes: [OutlineValue.Entry] = []
        let all = value.attributes
        valueCount += all.count / Self.valuesForOne
        for attribute in all where !attribute.name.hasPrefix("_") || attribute.name == "_sklearn_version" {
            guard valueCount <= limits.valueCount else { break }
            attributes.append(.init(name: attribute.name, value: self.value(attribute.value, depth: depth + 1)))
        }
        if attributes.isEmpty, let arguments = value.arguments, !arguments.isEmpty {
            let elements = told(arguments.prefix(limits.elementCount), depth: depth + 1)
            attributes.append(.init(name: "arguments", value: .list(elements, count: arguments.count)))
        }
        return .object(className: value.className ?? "an object without a class", attributes: attributes)
    }

    /// An object that has no parts of its own: a scalar, an array or a type of NumPy, or bytes.
    private func leaf(_ value: PickleValue) -> OutlineValue? {
        if let bool = value.bool { return .bool(bool) }
        if let int = value.int { return .int(int) }
        if let double = value.double { return .double(double) }
        if let string = value.string { return .string(shortened(string)) }
        if let bytes = value.bytes { return .text("\(bytes.count) bytes") }
        if let array = try? value.numPyArray() { return self.array(array) }
        guard value.className == "numpy.dtype", let type = value.arguments?.first?.string else { return nil }
        return .text("numpy.dtype \(type)")
    }

    /// Going over so many values without telling them counts as one that is told.
    private static let valuesForOne = 64

    private mutating func entries(_ value: PickleValue, depth: Int) -> OutlineValue {
        let items = value.entries ?? []
        valueCount += items.count / Self.valuesForOne
        let entries = items.prefix(limits.elementCount * 8).map { item in
            let key = self.value(item.key, depth: depth + 1).key
            return OutlineValue.Entry(name: key, value: self.value(item.value, depth: depth + 1))
        }
        return .entries(entries, count: items.count)
    }

    private mutating func told(_ items: some Sequence<PickleValue>, depth: Int) -> [OutlineValue] {
        items.map { value($0, depth: depth + 1) }
    }

    private func array(_ array: NumPyArray) -> OutlineValue {
        let type = array.type.elementType?.name ?? "record"
        return .array(type: type, shape: array.shape.dimensions, elements: firstElements(of: array))
    }

    private func firstElements(of array: NumPyArray) -> [OutlineValue] {
        var part = array
        if !array.isFortranOrder {
            let count = min(array.shape.elementCount, limits.elementCount)
            let bytes = array.bytes.prefix(count * array.type.byteCount)
            let first = try? NumPyArray(type: array.type, shape: .vector(count), isFortranOrder: false, bytes: bytes)
            guard let first else { return [] }
            part = first
        }
        guard part.type.elementType != nil, let tensor = try? part.tensor() else { return [] }
        if let strings = tensor.strings {
            return strings.prefix(limits.elementCount).map { .string(shortened($0)) }
        }
        if let integers = try? part.integers() {
            let isBoolean = tensor.elementType == .bool
            return integers.prefix(limits.elementCount).map { isBoolean ? .bool($0 != 0) : .int($0) }
        }
        return ((try? part.doubles()) ?? []).prefix(limits.elementCount).map { .double($0) }
    }

    /// A value of a document.
    mutating func value(_ value: DocumentValue, depth: Int) -> OutlineValue {
        if let refusal = refusal(at: depth) { return refusal }
        switch value {
        case .null: return .none
        case .bool(let bool): return .bool(bool)
        case .number(let number): return Int(exactly: number).map { .int($0) } ?? .double(number)
        case .string(let string): return .string(shortened(string))
        case .numbers(let numbers):
            let elements = numbers.prefix(limits.elementCount).map { OutlineValue.double($0) }
            return .array(type: "number", shape: [numbers.count], elements: elements)
        case .array(let items):
            return .list(
                items.prefix(limits.elementCount).map { self.value($0, depth: depth + 1) },
                count: items.count
            )
        case .object(let items):
            let shown = items.sorted { $0.key < $1.key }.prefix(limits.elementCount * 8)
            return .entries(
                shown.map { .init(name: shortened($0.key), value: self.value($0.value, depth: depth + 1)) },
                count: items.count
            )
        }
    }

    /// What stands in the place of a value that the limits leave out.
    private mutating func refusal(at depth: Int) -> OutlineValue? {
        valueCount += 1
        if depth >= limits.depth { return .text("…, deeper than \(limits.depth) levels") }
        return valueCount > limits.valueCount ? .text("…") : nil
    }

    private func shortened(_ text: String) -> String {
        text.utf8.count <= limits.textLength ? text : text.prefix(limits.textLength) + "…"
    }
}
