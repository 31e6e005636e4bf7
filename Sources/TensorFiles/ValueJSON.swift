import Diagnostics
package import JSON
package import OnnxIR
import Tensors

/// A value as JSON: nested arrays for a tensor, an array for a sequence, an object for a map, `null` for no value.
///
/// *Throws*: `unsupported` for element types that have no number in JSON, such as `complex64`.
package func json(of value: Value) throws(TensorFileError) -> JSONValue {
    switch value {
    case .tensor(let tensor): return nested(try scalars(of: tensor)[...], tensor.shape.dimensions[...])
    case .sequence(let values, _):
        return .array(try values.map { value throws(TensorFileError) in try json(of: value) })
    case .map(let keys, let values, _):
        var object = JSONObject()
        for (key, value) in zip(try scalars(of: keys), values) {
            object[key.string ?? key.number?.text ?? ""] = try json(of: value)
        }
        return .object(object)
    case .optional(let value, _):
        guard let value else { return .null }
        return try json(of: value)
    }
}

/// Values by name as one JSON object, in the order of `names`.
package func json(of values: [String: Value], names: [String]) throws(TensorFileError) -> JSONValue {
    var object = JSONObject()
    for name in names {
        guard let value = values[name] else { continue }
        object[name] = try locating(.item("output", name)) { () throws(TensorFileError) in try json(of: value) }
    }
    return .object(object)
}

/// The elements of a tensor in row-major order.
func scalars(of tensor: Tensor) throws(TensorFileError) -> [JSONValue] {
    if let strings = tensor.strings { return strings.map { .string($0) } }
    let scalars: [JSONValue]? = try converting { () throws(TensorError) in
        switch tensor.elementType {
        case .float: try tensor.elements(as: Float.self).map { JSONValue($0) }
        case .double: try tensor.elements(as: Double.self).map { JSONValue($0) }
        case .float16: try tensor.elements(as: Float16.self).map { JSONValue(Float($0)) }
        case .bfloat16: try tensor.elements(as: BFloat16.self).map { JSONValue(Float($0)) }
        case .int8: try integers(tensor, Int8.self)
        case .int16: try integers(tensor, Int16.self)
        case .int32: try integers(tensor, Int32.self)
        case .int64: try integers(tensor, Int64.self)
        case .uint8: try integers(tensor, UInt8.self)
        case .uint16: try integers(tensor, UInt16.self)
        case .uint32: try integers(tensor, UInt32.self)
        case .uint64: try integers(tensor, UInt64.self)
        case .bool: try tensor.elements(as: Bool.self).map { .bool($0) }
        default: nil
        }
    }
    guard let scalars else {
        throw TensorFileError(.unsupported, "elements of type `\(tensor.elementType.name)` have no form as text")
    }
    return scalars
}

private func integers<Element: TensorElement & FixedWidthInteger>(
    _ tensor: Tensor,
    _ type: Element.Type
) throws(TensorError) -> [JSONValue] {
    try tensor.elements(as: type).map { .number(JSONNumber($0)) }
}

private func nested(_ scalars: ArraySlice<JSONValue>, _ extents: ArraySlice<Int>) -> JSONValue {
    guard let extent = extents.first else { return scalars.first ?? .null }
    guard extent > 0 else { return .array([]) }
    let step = scalars.count / extent
    return .array(
        (0..<extent).map { index in
            let start = scalars.startIndex + index * step
            return nested(scalars[start..<(start + step)], extents.dropFirst())
        }
    )
}
