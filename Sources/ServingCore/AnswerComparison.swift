import Tensors

/// Whether two answers have the same outputs, whose numbers differ by at most a tolerance, relative to those above 1.
func areClose(_ first: InferenceResponse, _ second: InferenceResponse, _ tolerance: Double) -> Bool {
    first.outputs.count == second.outputs.count
        && zip(first.outputs, second.outputs).allSatisfy { one, other in
            one.name == other.name && one.tensor.shape == other.tensor.shape
                && one.tensor.elementType == other.tensor.elementType
                && areClose(one.tensor, other.tensor, tolerance)
        }
}

private func areClose(_ first: Tensor, _ second: Tensor, _ tolerance: Double) -> Bool {
    switch first.elementType {
    case .float: areClose(first, second, Float.self, tolerance)
    case .double: areClose(first, second, Double.self, tolerance)
    case .float16: areClose(first, second, Float16.self, tolerance)
    case .bfloat16:
        areClose(first, second, BFloat16.self, tolerance) { Double(Float($0)) }
    case .string: first.strings == second.strings
    default: haveEqualBytes(first, second)
    }
}

private func haveEqualBytes(_ first: Tensor, _ second: Tensor) -> Bool {
    guard let bytes = first.region?.bytes, let others = second.region?.bytes else { return false }
    return bytes.elementsEqual(others)
}

private func areClose<Element: TensorElement & BinaryFloatingPoint>(
    _ first: Tensor,
    _ second: Tensor,
    _ type: Element.Type,
    _ tolerance: Double
) -> Bool {
    areClose(first, second, type, tolerance) { Double($0) }
}

private func areClose<Element: TensorElement>(
    _ first: Tensor,
    _ second: Tensor,
    _ type: Element.Type,
    _ tolerance: Double,
    _ number: (Element) -> Double
) -> Bool {
    guard let values = try? first.elements(as: type), let others = try? second.elements(as: type) else { return false }
    return zip(values, others).allSatisfy { value, other in
        let (value, other) = (number(value), number(other))
        if value == other || (value.isNaN && other.isNaN) { return true }
        return abs(value - other) <= tolerance * max(1, abs(value), abs(other))
    }
}
