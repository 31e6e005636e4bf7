import Diagnostics
import JSON
import Tensors

/// A tensor of `elementType` from nested JSON arrays, or from one number for a scalar.
///
/// *Throws*: `shape` when the arrays are ragged, `value` for an element that the type does not hold.
func jsonTensor(_ value: JSONValue, elementType: ElementType) throws(TensorFileError) -> Tensor {
    var extents: [Int] = []
    var level = value
    while case .array(let elements) = level {
        extents.append(elements.count)
        guard let first = elements.first else { break }
        level = first
    }
    guard let shape = Shape(extents) else { throw TensorFileError(.shape, "the array is too large") }
    var flattening = Flattening(extents: extents)
    try flattening.add(value, at: [])
    return try Scalar.tensor(flattening.scalars, elementType: elementType, shape: shape) { position in
        var rest = position
        let index = shape.strides.map { stride in
            defer { rest %= max(stride, 1) }
            return rest / max(stride, 1)
        }
        return arrayPlace(index)
    }
}

/// The place of an element in nested arrays: `element [0][2]`.
private func arrayPlace(_ index: [Int]) -> Place {
    index.isEmpty ? .unknown : .item("element", index.map { "[\($0)]" }.joined())
}

/// Elements in row-major order, with the extents that every level must have.
private struct Flattening {
    let extents: [Int]
    var scalars: [Scalar] = []

    init(extents: [Int]) { self.extents = extents }

    mutating func add(_ value: JSONValue, at index: [Int]) throws(TensorFileError) {
        guard index.count < extents.count else {
            scalars.append(try scalar(value, at: index))
            return
        }
        let expected = extents[index.count]
        guard case .array(let elements) = value else {
            throw TensorFileError(.shape, at: arrayPlace(index), "\(value.kind), expected an array of \(expected)")
        }
        guard elements.count == expected else {
            let message = "the array has length \(elements.count), expected \(expected) as the first beside it"
            throw TensorFileError(.shape, at: arrayPlace(index), message)
        }
        for (position, element) in elements.enumerated() { try add(element, at: index + [position]) }
    }

    private func scalar(_ value: JSONValue, at index: [Int]) throws(TensorFileError) -> Scalar {
        switch value {
        case .number(let number): return .number(number.text)
        case .bool(let bool): return .bool(bool)
        case .string(let string): return .text(string)
        case .null, .array, .object:
            let message = "\(value.kind), expected a number, a boolean or a string"
            throw TensorFileError(.shape, at: arrayPlace(index), message)
        }
    }
}
