import Diagnostics
import JSON
import ServingCore
import Tensors

/// The values of an input, gathered one after the other: nested arrays that all have the extents of the first.
struct InputValues {
    let input: TensorMetadata
    /// How many values there are.
    private(set) var count = 0
    private var elements: any ElementBuffer
    /// The extents of a value, as far as they have been seen.
    private var extents: [Int?] = []
    /// How many arrays lie around an element of a value; `nil` before the first.
    private var rank: Int?

    init(_ input: TensorMetadata) {
        self.input = input
        elements = elementBuffer(input.datatype)
    }

    /// Appends the value that comes next.
    ///
    /// *Throws*: `type` for an array of other extents than the first, and for what is no element of the input's type.
    mutating func append(_ cursor: inout JSONCursor) throws(JSONError) {
        do throws(JSONError) {
            try read(&cursor, axis: 0)
        } catch {
            throw error.located(in: input)
        }
        count += 1
    }

    /// Appends a row of elements, which stand in `places` of it; in their order when `nil`.
    mutating func appendRow(_ cursor: inout JSONCursor, _ width: Int, _ places: [Int]?) throws(JSONError) {
        let before = elements.count
        do throws(JSONError) {
            if try cursor.nextElement() { try elements.appendRest(&cursor) }
        } catch {
            throw error.located(in: input)
        }
        guard elements.count - before == width else {
            throw cursor.error(.type, "the row has \(elements.count - before) values, expected \(width)")
        }
        endRow(width, places)
    }

    /// Appends one element of a row.
    mutating func appendElement(_ cursor: inout JSONCursor) throws(JSONError) {
        do throws(JSONError) { try elements.append(&cursor) } catch { throw error.located(in: input) }
    }

    /// Appends a cell as an element of a row; `false` when it has another form.
    mutating func appendElement(cell: String) -> Bool { elements.append(cell: cell) }

    /// Appends a cell as a value; `false` when it has another form.
    mutating func append(cell: String) -> Bool {
        rank = 0
        count += 1
        return elements.append(cell: cell)
    }

    /// Makes a row of the elements that were appended last.
    mutating func endRow(_ width: Int, _ places: [Int]?) {
        if let places { elements.arrangeLast(places) }
        rank = 1
        extents = [width]
        count += 1
    }

    private mutating func read(_ cursor: inout JSONCursor, axis: Int) throws(JSONError) {
        let kind = try cursor.peek()
        guard kind == .array else {
            guard rank == nil || rank == axis else {
                throw cursor.error(.type, "the value is \(kind), expected an array as the first")
            }
            rank = axis
            return try elements.append(&cursor)
        }
        guard rank.map({ axis < $0 }) ?? true else {
            throw cursor.error(.type, "the value is an array, expected an element as the first")
        }
        try cursor.enterArray()
        var length = 0
        if try cursor.nextElement() {
            let kind = try cursor.peek()
            if kind == .array {
                repeat {
                    try read(&cursor, axis: axis + 1)
                    length += 1
                } while try cursor.nextElement()
            } else {
                guard rank == nil || rank == axis + 1 else {
                    throw cursor.error(.type, "the value is \(kind), expected an array as the first")
                }
                rank = axis + 1
                let before = elements.count
                try elements.appendRest(&cursor)
                length = elements.count - before
            }
        } else {
            rank = rank ?? axis + 1
        }
        try note(length, axis, cursor)
    }

    /// Makes sure that an array is as long as the first on its axis.
    private mutating func note(_ length: Int, _ axis: Int, _ cursor: JSONCursor) throws(JSONError) {
        while extents.count <= axis { extents.append(nil) }
        guard let expected = extents[axis] else {
            extents[axis] = length
            return
        }
        guard length == expected else {
            throw cursor.error(.type, "an array that ends here has \(length) values, expected \(expected) as the first")
        }
    }

    /// The extents of a value; axes behind an empty one have none.
    private var valueExtents: [Int] { extents.prefix(rank ?? 0).map { $0 ?? 0 } }
}

extension InputValues {
    /// The tensor whose rows are the values.
    func rows() throws(ServingError) -> NamedTensor { try tensor([count] + valueExtents, elements) }

    /// The tensor that the one value is.
    func whole() throws(ServingError) -> NamedTensor { try tensor(valueExtents, elements) }

    /// The tensor whose columns are the values, each of one axis, of several of the same type.
    static func rows(_ columns: [InputValues]) throws(ServingError) -> NamedTensor? {
        guard let first = columns.first else { return nil }
        for column in columns {
            let extents = column.valueExtents
            guard extents.count == 1 else {
                throw ServingError(
                    .input,
                    "a column has shape \(extents), expected elements of rows of `\(first.input.name)`"
                )
            }
            guard extents == first.valueExtents else {
                throw ServingError(
                    .input,
                    "a column has \(extents[0]) elements, expected \(first.valueExtents[0]) as the first"
                )
            }
        }
        let elements = first.elements.interleaved(columns.map(\.elements))
        return try first.tensor(first.valueExtents + [columns.count], elements)
    }

    /// Axes of 1 at the end may be left out.
    private func tensor(_ given: [Int], _ elements: any ElementBuffer) throws(ServingError) -> NamedTensor {
        var given = given
        if let dimensions = input.dimensions, dimensions.count > given.count,
            dimensions[given.count...].allSatisfy({ $0 == nil || $0 == 1 })
        {
            given += [Int](repeating: 1, count: dimensions.count - given.count)
        }
        guard let shape = Shape(given) else {
            throw ServingError(.input, at: .item("input", input.name), "the shape \(given) is out of range")
        }
        do throws(TensorError) {
            return NamedTensor(name: input.name, tensor: try elements.tensor(shape))
        } catch {
            throw ServingError(.input, at: .item("input", input.name), error.message)
        }
    }
}

extension JSONError {
    /// The failure, at the value of an input.
    fileprivate func located(in input: TensorMetadata) -> JSONError {
        var located = self
        located.place = Place(place.segments + [.item(kind: "input", name: input.name, detail: nil)])
        return located
    }
}
