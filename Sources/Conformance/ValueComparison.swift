import OnnxIR
import Tensors

/// What tells a value from the expected one; `nil` when it is within tolerance.
struct ValueComparison {
    let tolerance: Tolerance

    func difference(_ value: Value, expected: Value) -> String? {
        switch (value, expected) {
        case (.tensor(let tensor), .tensor(let expected)):
            return difference(tensor, expected)
        case (.sequence(let values, _), .sequence(let expected, _)):
            return difference(values, expected)
        case (.map(let keys, let values, _), .map(let expectedKeys, let expectedValues, _)):
            return difference(keys, expectedKeys) ?? difference(values, expectedValues)
        case (.optional(let value, _), .optional(let expected, _)):
            if value == nil, expected == nil { return nil }
            guard let value, let expected else { return "one optional holds a value, the other does not" }
            return difference(value, expected: expected)
        case (.optional(let value?, _), _):
            return difference(value, expected: expected)
        default:
            return "the kinds of value differ"
        }
    }

    private func difference(_ values: [Value], _ expected: [Value]) -> String? {
        guard values.count == expected.count else {
            return "\(values.count) elements, expected \(expected.count)"
        }
        for (index, pair) in zip(values, expected).enumerated() {
            if let difference = difference(pair.0, expected: pair.1) { return "element \(index): \(difference)" }
        }
        return nil
    }

    private func difference(_ tensor: Tensor, _ expected: Tensor) -> String? {
        guard tensor.elementType == expected.elementType else {
            return "element type is `\(tensor.elementType.name)`, expected `\(expected.elementType.name)`"
        }
        guard tensor.shape == expected.shape else { return "shape is \(tensor.shape), expected \(expected.shape)" }
        if let strings = tensor.strings, let wanted = expected.strings {
            guard let index = strings.indices.first(where: { strings[$0] != wanted[$0] }) else { return nil }
            return "element \(index) is `\(strings[index])`, expected `\(wanted[index])`"
        }
        guard let numbers = Self.numbers(tensor), let wanted = Self.numbers(expected) else {
            return tensor.region?.bytes.elementsEqual(expected.region?.bytes ?? .init(start: nil, count: 0)) ?? false
                ? nil : "bytes differ"
        }
        var count = 0
        var first = 0
        // SPEC: ONNX's own runner allows two units in the last place of `bfloat16`.
        let least = tensor.elementType == .bfloat16 ? 0x1p-6 : 0
        for index in numbers.indices.reversed() where !isClose(numbers[index], wanted[index], least) {
            count += 1
            first = index
        }
        guard count > 0 else { return nil }
        return """
            \(count) of \(numbers.count) elements differ, element \(first) is \(numbers[first]), \
            expected \(wanted[first])
            """
    }

    private func isClose(_ value: Double, _ expected: Double, _ least: Double) -> Bool {
        if value == expected || (value.isNaN && expected.isNaN) { return true }
        let relative = max(tolerance.relative, least)
        return (value - expected).magnitude <= tolerance.absolute + relative * expected.magnitude
    }

    static func numbers(_ tensor: Tensor) -> [Double]? {
        switch tensor.elementType {
        case .float: try? tensor.elements(as: Float.self).map { Double($0) }
        case .double: try? tensor.elements(as: Double.self)
        case .float16: try? tensor.elements(as: Float16.self).map { Double($0) }
        case .bfloat16: try? tensor.elements(as: BFloat16.self).map { Double(Float($0)) }
        case .int8: try? tensor.elements(as: Int8.self).map { Double($0) }
        case .int16: try? tensor.elements(as: Int16.self).map { Double($0) }
        case .int32: try? tensor.elements(as: Int32.self).map { Double($0) }
        case .int64: try? tensor.elements(as: Int64.self).map { Double($0) }
        case .uint8: try? tensor.elements(as: UInt8.self).map { Double($0) }
        case .uint16: try? tensor.elements(as: UInt16.self).map { Double($0) }
        case .uint32: try? tensor.elements(as: UInt32.self).map { Double($0) }
        case .uint64: try? tensor.elements(as: UInt64.self).map { Double($0) }
        case .bool: try? tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
        default: nil
        }
    }
}
