import Diagnostics
import JSON
import ServingCore
import Tensors

/// Reads `data`: the elements of a tensor in row-major order, flat or nested as its shape is.
func readTensorData(
    _ cursor: inout JSONCursor,
    _ datatype: Datatype,
    _ shape: Shape
) throws(JSONError) -> Tensor {
    switch datatype {
    case .fp32: return try readNumbers(&cursor, as: Float.self, shape)
    case .fp64: return try readNumbers(&cursor, as: Double.self, shape)
    case .int8: return try readNumbers(&cursor, as: Int8.self, shape)
    case .int16: return try readNumbers(&cursor, as: Int16.self, shape)
    case .int32: return try readNumbers(&cursor, as: Int32.self, shape)
    case .int64: return try readNumbers(&cursor, as: Int64.self, shape)
    case .uint8: return try readNumbers(&cursor, as: UInt8.self, shape)
    case .uint16: return try readNumbers(&cursor, as: UInt16.self, shape)
    case .uint32: return try readNumbers(&cursor, as: UInt32.self, shape)
    case .uint64: return try readNumbers(&cursor, as: UInt64.self, shape)
    case .bool:
        let elements = try readNested(&cursor, shape) { (cursor, elements: inout [Bool], limit) throws(JSONError) in
            try readRest(&cursor, into: &elements, limit: limit) { cursor throws(JSONError) in try cursor.readBool() }
        }
        return try tensor(cursor) { () throws(TensorError) in try Tensor(elements, shape: shape) }
    case .bytes:
        let elements = try readNested(&cursor, shape) { (cursor, elements: inout [String], limit) throws(JSONError) in
            try readRest(&cursor, into: &elements, limit: limit) { cursor throws(JSONError) in try cursor.readString() }
        }
        return try tensor(cursor) { () throws(TensorError) in try Tensor(strings: elements, shape: shape) }
    case .fp16, .bf16:
        throw cursor.error(
            .type,
            "the datatype `\(datatype.rawValue)` has no form in JSON, expected `binary_data_size` and bytes"
        )
    }
}

private func readNumbers<Element: JSONNumeric & TensorElement>(
    _ cursor: inout JSONCursor,
    as type: Element.Type,
    _ shape: Shape
) throws(JSONError) -> Tensor {
    let elements = try readNested(&cursor, shape) { (cursor, elements: inout [Element], limit) throws(JSONError) in
        try cursor.readNumbers(into: &elements, limit: limit)
    }
    return try tensor(cursor) { () throws(TensorError) in try Tensor(elements, shape: shape) }
}

private func tensor(
    _ cursor: JSONCursor,
    _ make: () throws(TensorError) -> Tensor
) throws(JSONError) -> Tensor {
    do throws(TensorError) {
        return try make()
    } catch {
        throw cursor.error(.limit, error.message)
    }
}

/// Reads elements that lie flat, or in arrays within arrays that have the shape's own extents.
///
/// *Parameter* readRow: reads the rest of an array whose elements lie in it themselves.
private func readNested<Element>(
    _ cursor: inout JSONCursor,
    _ shape: Shape,
    _ readRow: (inout JSONCursor, inout [Element], Int) throws(JSONError) -> Void
) throws(JSONError) -> [Element] {
    let start = cursor
    var elements: [Element] = []
    try cursor.enterArray()
    if try cursor.nextElement() {
        if try cursor.peek() == .array, shape.rank > 1 {
            try readRows(&cursor, shape, axis: 0, &elements, readRow)
        } else {
            try readRow(&cursor, &elements, shape.elementCount)
        }
    }
    guard elements.count == shape.elementCount else {
        throw start.error(
            .type,
            "`data` has \(elements.count) elements, expected \(shape.elementCount) for the shape \(shape)"
        )
    }
    return elements
}

/// Reads the rest of an array whose elements are the rows of `axis + 1`.
private func readRows<Element>(
    _ cursor: inout JSONCursor,
    _ shape: Shape,
    axis: Int,
    _ elements: inout [Element],
    _ readRow: (inout JSONCursor, inout [Element], Int) throws(JSONError) -> Void
) throws(JSONError) {
    var count = 0
    let start = cursor
    repeat {
        let row = cursor
        let before = elements.count
        try cursor.enterArray()
        if try cursor.nextElement() {
            if axis + 2 < shape.rank {
                try readRows(&cursor, shape, axis: axis + 1, &elements, readRow)
            } else {
                try readRow(&cursor, &elements, shape.elementCount)
                guard elements.count - before == shape[axis + 1] else {
                    throw row.error(
                        .type,
                        "a row of `data` has \(elements.count - before) elements, expected \(shape[axis + 1]) "
                            + "for the shape \(shape)"
                    )
                }
            }
        } else if shape[axis + 1] != 0 {
            throw row.error(
                .type,
                "a row of `data` has 0 elements, expected \(shape[axis + 1]) for the shape \(shape)"
            )
        }
        count += 1
    } while try cursor.nextElement()
    guard count == shape[axis] else {
        throw start.error(.type, "an array in `data` has \(count) rows, expected \(shape[axis]) for the shape \(shape)")
    }
}

/// Reads the rest of the array that was entered last, element by element.
private func readRest<Element>(
    _ cursor: inout JSONCursor,
    into elements: inout [Element],
    limit: Int,
    _ read: (inout JSONCursor) throws(JSONError) -> Element
) throws(JSONError) {
    repeat {
        guard elements.count < limit else {
            throw cursor.error(.limit, "there are too many elements, expected at most \(limit)")
        }
        elements.append(try read(&cursor))
    } while try cursor.nextElement()
}
