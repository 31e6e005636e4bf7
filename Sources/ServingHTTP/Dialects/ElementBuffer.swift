import JSON
import ServingCore
import Tensors

/// The elements of an input, gathered one after the other.
protocol ElementBuffer {
    /// How many there are.
    var count: Int { get }
    /// Appends the value that comes next.
    mutating func append(_ cursor: inout JSONCursor) throws(JSONError)
    /// Appends the rest of the array that was entered last.
    mutating func appendRest(_ cursor: inout JSONCursor) throws(JSONError)
    /// Appends the value of a cell; `false` when it has another form.
    mutating func append(cell: String) -> Bool
    /// Puts the last elements into another order: of the new ones the one at `places[i]` is the `i`-th of the old.
    mutating func arrangeLast(_ places: [Int])
    /// The rows of columns of the same type and length.
    func interleaved(_ columns: [any ElementBuffer]) -> any ElementBuffer
    /// A tensor of the elements.
    func tensor(_ shape: Shape) throws(TensorError) -> Tensor
}

/// An empty buffer for elements of a datatype.
func elementBuffer(_ datatype: Datatype) -> any ElementBuffer {
    switch datatype {
    case .bool: TypedElements<Bool>()
    case .uint8: TypedElements<UInt8>()
    case .uint16: TypedElements<UInt16>()
    case .uint32: TypedElements<UInt32>()
    case .uint64: TypedElements<UInt64>()
    case .int8: TypedElements<Int8>()
    case .int16: TypedElements<Int16>()
    case .int32: TypedElements<Int32>()
    case .int64: TypedElements<Int64>()
    case .fp16: TypedElements<Float16>()
    case .fp32: TypedElements<Float>()
    case .fp64: TypedElements<Double>()
    case .bf16: TypedElements<BFloat16>()
    case .bytes: TypedElements<String>()
    }
}

private struct TypedElements<Element: DialectElement>: ElementBuffer {
    private var elements: [Element] = []

    var count: Int { elements.count }

    mutating func append(_ cursor: inout JSONCursor) throws(JSONError) { elements.append(try Element.next(&cursor)) }

    mutating func appendRest(_ cursor: inout JSONCursor) throws(JSONError) {
        try Element.readRest(&cursor, into: &elements)
    }

    mutating func append(cell: String) -> Bool {
        guard let element = Element(cell: cell) else { return false }
        elements.append(element)
        return true
    }

    mutating func arrangeLast(_ places: [Int]) {
        let old = Array(elements.suffix(places.count))
        let start = elements.count - old.count
        for (element, place) in zip(old, places) { elements[start + place] = element }
    }

    func interleaved(_ columns: [any ElementBuffer]) -> any ElementBuffer {
        let columns = columns.compactMap { ($0 as? Self)?.elements }
        var rows = Self()
        rows.elements.reserveCapacity(columns.count * (columns.first?.count ?? 0))
        for row in columns.first?.indices ?? 0..<0 {
            for column in columns { rows.elements.append(column[row]) }
        }
        return rows
    }

    func tensor(_ shape: Shape) throws(TensorError) -> Tensor { try Element.tensor(elements, shape) }
}
