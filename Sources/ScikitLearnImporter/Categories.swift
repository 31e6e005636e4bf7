import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The categories of one column, and the place of a sample's category among them.
///
/// Text that is missing (`None` or NaN) is the empty string in a graph.
struct Categories {
    enum Values {
        case numbers([Double], areIntegers: Bool)
        case strings([String])
    }

    let values: Values

    var count: Int {
        switch values {
        case .numbers(let numbers, _): numbers.count
        case .strings(let strings): strings.count
        }
    }

    var columnType: ColumnType {
        switch values {
        case .numbers(_, let areIntegers): areIntegers ? .integer : .number
        case .strings: .string
        }
    }

    /// The place of the category that stands for missing values.
    var missingIndex: Int? {
        switch values {
        case .numbers(let numbers, _): numbers.firstIndex(where: \.isNaN)
        case .strings(let strings): strings.firstIndex(of: "")
        }
    }

    /// *Source*: an element of `categories_`: numbers, text, or objects with `None` and NaN among them.
    init(_ value: PickleValue) throws(ModelImportError) {
        values = try importing { () throws(ModelFormatError) in
            let values = try Self.values(value)
            if case .strings(let strings) = values { try strings.refuseReplacements() }
            return values
        }
        if case .strings(let strings) = values, Set(strings).count != strings.count {
            throw ModelImportError(.unsupported, "missing text beside the empty string is not supported")
        }
    }

    /// Labels as categories.
    init(_ classes: ClassLabels) {
        switch classes {
        case .ints(let labels): values = .numbers(labels.map { Double($0) }, areIntegers: true)
        case .bools(let labels): values = .numbers(labels.map { $0 ? 1 : 0 }, areIntegers: true)
        case .doubles(let labels): values = .numbers(labels, areIntegers: false)
        case .strings(let labels): values = .strings(labels)
        }
    }

    private static func values(_ value: PickleValue) throws(ModelFormatError) -> Values {
        let objects = try value.elements == nil ? value.objects()?.elements : value.elements
        if let objects {
            let strings = objects.compactMap { $0.isMissing ? "" : $0.string }
            let hasText = objects.contains { $0.string != nil }
            if hasText, strings.count == objects.count { return .strings(strings) }
            let numbers = objects.compactMap { $0.isNone ? Double.nan : $0.double ?? $0.bool.map { $0 ? 1 : 0 } }
            guard numbers.count == objects.count else {
                throw ModelFormatError(.unsupported, "categories of several types in a column are not supported")
            }
            return .numbers(numbers, areIntegers: objects.allSatisfy { $0.double == nil || $0.int != nil })
        }
        guard let array = try value.numPyArray() else {
            throw ModelFormatError(.malformed, "the categories of a column are no array")
        }
        switch array.type.elementType {
        case .string: return .strings(try array.tensor().strings ?? [])
        case .double, .float, .float16: return .numbers(try array.doubles(), areIntegers: false)
        default: return .numbers(try array.doubles(), areIntegers: true)
        }
    }

    /// The place of each sample's category, from 0; -1 for one that is none of them: int64, `[batch, 1]`.
    func indices(of column: Matrix) throws(ModelImportError) -> Matrix {
        switch values {
        case .strings(let strings):
            guard column.elementType == .string else {
                throw ModelImportError(.unsupported, "a column of numbers is not supported, expected text")
            }
            return column.apply(
                "LabelEncoder",
                domain: .onnxML,
                [],
                [
                    Attribute("keys_strings", .strings(strings)),
                    Attribute("values_int64s", .ints(strings.indices.map { Int64($0) })),
                    Attribute("default_int64", .int(-1)),
                ],
                type: .int64
            )
        case .numbers(let numbers, _):
            let known = column.elementType == .float ? try Self.floats(numbers) : numbers
            let x = try Table(column).doubles()
            // NaN equals nothing, so that its place is found apart.
            let matches = x.equal(to: try x.row(known, "categories")).cast(to: .int64)
            let places = numbers.indices.map { Double($0 + 1) }
            var place = try (matches * matches.row(places, "places")).sum()
            if let missing = numbers.firstIndex(where: \.isNaN) {
                place = try x.isNaN().choose(place.number(Double(missing + 1)), place)
            }
            return try place - 1
        }
    }

    /// The floats that are nearest to categories: what a sample of a category is as a float.
    private static func floats(_ numbers: [Double]) throws(ModelImportError) -> [Double] {
        let floats = numbers.map { Double(Float($0)) }
        var places: [Double: Int] = [:]
        for (index, float) in floats.enumerated() where !float.isNaN {
            if let other = places.updateValue(index, forKey: float) {
                throw ModelImportError(
                    .unsupported,
                    "categories \(numbers[other]) and \(numbers[index]) are the same in single precision",
                    hint: "let the model take doubles with `--precision double`"
                )
            }
        }
        return floats
    }

    /// For each sample the row of its category, or the last row where it has none.
    ///
    /// *Shapes*: `rows` are `count + 1` of `width` elements; the result is `[batch, width]`.
    func lookUp(_ column: Matrix, rows: [Double], width: Int) throws(ModelImportError) -> Matrix {
        let indices = try indices(of: column)
        let shifted = try indices + 1
        let unknown = Array(rows.suffix(width))
        return try shifted.rows(of: unknown + rows.dropLast(width), width: width)
    }
}

extension Matrix {
    /// The rows of a constant matrix at these places (int64, `[batch, 1]`): double, `[batch, width]`.
    func rows(of elements: [Double], width: Int) throws(ModelImportError) -> Matrix {
        let count = width == 0 ? 0 : elements.count / width
        let table = try graph.constant(elements, rows: count, name: "table")
        let picked = table.node("Gather", [value], [Attribute("axis", .int(0))], columns: width)
        return try picked.reshaped([-1, width])
    }
}

extension PickleValue {
    /// Whether the value is `None` or NaN.
    var isMissing: Bool { isNone || (double?.isNaN ?? false) }
}
