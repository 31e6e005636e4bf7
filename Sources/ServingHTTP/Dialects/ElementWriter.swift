import Diagnostics
import JSON
import ServingCore
import Tensors

/// Appends the element at a position to a JSON text.
typealias ElementWriter = (Int, inout JSONWriter) -> Void

/// What writes the elements of a tensor; what is not finite becomes a string, as everywhere.
func elementWriter(_ tensor: Tensor) throws(ServingError) -> ElementWriter {
    do throws(TensorError) {
        switch tensor.elementType {
        case .float: return try writer(tensor, Float.self) { $1.write($0) }
        case .double: return try writer(tensor, Double.self) { $1.write($0) }
        case .float16: return try writer(tensor, Float16.self) { $1.write(Float($0)) }
        case .bfloat16: return try writer(tensor, BFloat16.self) { $1.write(Float($0)) }
        case .int8: return try writer(tensor, Int8.self) { $1.write(Int64($0)) }
        case .int16: return try writer(tensor, Int16.self) { $1.write(Int64($0)) }
        case .int32: return try writer(tensor, Int32.self) { $1.write(Int64($0)) }
        case .int64: return try writer(tensor, Int64.self) { $1.write($0) }
        case .uint8: return try writer(tensor, UInt8.self) { $1.write(UInt64($0)) }
        case .uint16: return try writer(tensor, UInt16.self) { $1.write(UInt64($0)) }
        case .uint32: return try writer(tensor, UInt32.self) { $1.write(UInt64($0)) }
        case .uint64: return try writer(tensor, UInt64.self) { $1.write($0) }
        case .bool: return try writer(tensor, Bool.self) { $1.write($0) }
        case .string:
            let strings = tensor.strings ?? []
            return { $1.write(strings[$0]) }
        default: break
        }
    } catch {
        throw ServingError(.resources, error.message)
    }
    throw ServingError(.unsupported, "elements of type `\(tensor.elementType.name)` have no form in JSON")
}

private func writer<Element: TensorElement>(
    _ tensor: Tensor,
    _ type: Element.Type,
    _ write: @escaping (Element, inout JSONWriter) -> Void
) throws(TensorError) -> ElementWriter {
    let elements = try tensor.elements(as: type)
    return { write(elements[$0], &$1) }
}
