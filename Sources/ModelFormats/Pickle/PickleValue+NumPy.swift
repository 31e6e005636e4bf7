import Diagnostics
package import Tensors

extension PickleValue {
    /// The array, when the value is one whose elements are not objects.
    ///
    /// *Source*: `ndarray.__reduce__` and `__setstate__`, `numpy._core.numeric._frombuffer` (protocol 5).
    package func numPyArray() throws(ModelFormatError) -> NumPyArray? {
        if case .array(let array) = node { return array }
        switch Self.withoutModule(className) {
        case "_reconstruct":
            guard let state = state?.elements, state.count == 5 else { return nil }
            let type = try state[2].numPyType()
            guard type != .object, let shape = state[1].shape else { return nil }
            guard let bytes = state[4].bytes else {
                throw ModelFormatError(.malformed, "the data of an array are no bytes")
            }
            return try NumPyArray(type: type, shape: shape, isFortranOrder: state[3].isTrue, bytes: bytes)
        case "_frombuffer":
            guard let arguments, arguments.count >= 4, let shape = arguments[2].shape else { return nil }
            guard let bytes = arguments[0].bytes else {
                throw ModelFormatError(.malformed, "the data of an array are no bytes")
            }
            return try NumPyArray(
                type: try arguments[1].numPyType(),
                shape: shape,
                isFortranOrder: arguments[3].string == "F",
                bytes: bytes
            )
        default: return nil
        }
    }

    /// The elements of an array of objects, in row-major order, and its shape.
    package func objects() throws(ModelFormatError) -> (shape: Shape, elements: [PickleValue])? {
        guard Self.withoutModule(className) == "_reconstruct", let state = state?.elements, state.count == 5,
            try state[2].numPyType() == .object, let shape = state[1].shape, let elements = state[4].elements
        else { return nil }
        guard elements.count == shape.elementCount, !state[3].isTrue || shape.rank < 2 else {
            throw ModelFormatError(.malformed, "array \(shape) of objects has \(elements.count) elements of data")
        }
        return (shape, elements)
    }

    /// The type that a `numpy.dtype` describes.
    ///
    /// *Source*: `dtype.__reduce__`: the short name, then the state (version, byte order, subtype, names, fields,
    /// bytes, alignment, flags).
    package func numPyType() throws(ModelFormatError) -> NumPyType {
        try numPyType(depth: 0)
    }

    private func numPyType(depth: Int) throws(ModelFormatError) -> NumPyType {
        guard className == "numpy.dtype", let name = arguments?.first?.string else {
            throw ModelFormatError(.malformed, "the type of an array is not a `numpy.dtype`")
        }
        let state = state?.elements ?? []
        guard state.count >= 6, let fieldNames = state[3].elements, let fields = state[4].entries else {
            let type = try NumPyType(name)
            return type.ordered(isBigEndian: state.count > 1 && state[1].string == ">")
        }
        guard depth == 0 else {
            throw ModelFormatError(.unsupported, "records inside records are not supported, expected numbers or text")
        }
        guard let byteCount = state[5].int, byteCount > 0 else {
            throw ModelFormatError(.malformed, "a record of \(name) has no size")
        }
        var parts: [NumPyField] = []
        for fieldName in fieldNames {
            guard let fieldName = fieldName.string,
                let field = fields.first(where: { $0.key.string == fieldName })?.value.elements, field.count >= 2,
                let offset = field[1].int
            else { throw ModelFormatError(.malformed, "a record of \(name) names a field that it does not describe") }
            let type = try field[0].numPyType(depth: depth + 1)
            guard offset >= 0, type.byteCount <= byteCount, offset <= byteCount - type.byteCount else {
                throw ModelFormatError(.malformed, "field `\(fieldName)` leaves its record of \(byteCount) bytes")
            }
            parts.append(NumPyField(name: fieldName, type: type, offset: offset))
        }
        return .record(parts, byteCount: byteCount)
    }

    /// The elements of a list or array of text; `nil` where one is something else.
    package func texts() throws(ModelFormatError) -> [String]? {
        let items = try elements == nil ? objects()?.elements : elements
        if let elements = items {
            let strings = elements.compactMap(\.string)
            return strings.count == elements.count ? strings : nil
        }
        guard let array = try numPyArray(), array.type.elementType == .string else { return nil }
        return try array.tensor().strings
    }

    /// A NumPy scalar as an array without axes.
    var numPyScalar: NumPyArray? {
        guard Self.withoutModule(className) == "scalar", let arguments, arguments.count == 2,
            let bytes = arguments[1].bytes, let type = try? arguments[0].numPyType()
        else { return nil }
        return try? NumPyArray(type: type, shape: .scalar, isFortranOrder: false, bytes: bytes)
    }

    private var shape: Shape? {
        let extents = elements?.map(\.int) ?? [int]
        let dimensions = extents.compactMap(\.self)
        return dimensions.count == extents.count ? Shape(dimensions) : nil
    }

    private var isTrue: Bool {
        bool ?? (int.map { $0 != 0 } ?? false)
    }

    /// The name of a function of NumPy's core, whose module was renamed in NumPy 2; `nil` for other functions.
    private static func withoutModule(_ name: String?) -> Substring? {
        let modules = [
            "numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.core.numeric.", "numpy._core.numeric.",
        ]
        guard let name, let module = modules.first(where: { name.hasPrefix($0) }) else { return nil }
        return name.dropFirst(module.count)
    }
}

extension NumPyArray {
    /// The elements as doubles in row-major order.
    ///
    /// *Throws*: `unsupported` when they are not numbers.
    package func doubles() throws(ModelFormatError) -> [Double] {
        let tensor = try tensor()
        do throws(TensorError) {
            switch tensor.elementType {
            case .double: return try tensor.elements(as: Double.self)
            case .float: return try tensor.elements(as: Float.self).map { Double($0) }
            case .float16: return try tensor.elements(as: Float16.self).map { Double($0) }
            case .uint64: return try tensor.elements(as: UInt64.self).map { Double($0) }
            default: break
            }
        } catch {
            throw ModelFormatError(.malformed, error.message)
        }
        return try integers().map { Double($0) }
    }

    /// The elements as integers in row-major order; booleans are 0 and 1.
    ///
    /// *Throws*: `unsupported` when they are not integers, or one does not fit `int64`.
    package func integers() throws(ModelFormatError) -> [Int] {
        let tensor = try tensor()
        var tooLarge: UInt64?
        do throws(TensorError) {
            switch tensor.elementType {
            case .int8: return try tensor.elements(as: Int8.self).map { Int($0) }
            case .int16: return try tensor.elements(as: Int16.self).map { Int($0) }
            case .int32: return try tensor.elements(as: Int32.self).map { Int($0) }
            case .int64: return try tensor.elements(as: Int64.self).map { Int($0) }
            case .uint8: return try tensor.elements(as: UInt8.self).map { Int($0) }
            case .uint16: return try tensor.elements(as: UInt16.self).map { Int($0) }
            case .uint32: return try tensor.elements(as: UInt32.self).map { Int($0) }
            case .bool: return try tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
            case .uint64:
                let elements = try tensor.elements(as: UInt64.self)
                tooLarge = elements.first { Int(exactly: $0) == nil }
                if tooLarge == nil { return elements.map { Int($0) } }
            default: break
            }
        } catch {
            throw ModelFormatError(.malformed, error.message)
        }
        if let tooLarge {
            throw ModelFormatError(.unsupported, "`uint64` \(tooLarge) is not supported, expected integers below 2^63")
        }
        throw ModelFormatError(.unsupported, "elements have type `\(tensor.elementType.name)`, expected integers")
    }
}
