import Diagnostics
import ModelFormats
import ModelImport
import Tensors

extension EstimatorObject {
    /// The array of an attribute; `nil` where the attribute is missing or `None`.
    func array(_ name: String) throws(ModelImportError) -> NumPyArray? {
        guard let value = value[name] else { return nil }
        return try locating(.item("attribute", name)) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try value.numPyArray() }
        }
    }

    /// The numbers of an array in row-major order.
    ///
    /// *Throws*: `malformed` when the attribute is missing or has another shape.
    func doubles(_ name: String, count: Int, from source: String) throws(ModelImportError) -> [Double] {
        let array = try required(array(name), name, "an array")
        guard array.shape.elementCount == count else {
            throw ModelImportError(
                .malformed,
                "`\(name)` has \(array.shape.elementCount) elements, expected \(count) from `\(source)`"
            )
        }
        return try numbers(array, name)
    }

    /// The numbers of a matrix in row-major order, with its extents; a vector counts as a row, a number as one element.
    func matrix(_ name: String) throws(ModelImportError) -> (rows: Int, columns: Int, elements: [Double]) {
        if let filled = try filledRows(name) { return filled }
        let array = try required(array(name), name, "an array")
        guard array.shape.rank <= 2 else {
            throw ModelImportError(.malformed, "`\(name)` has shape \(array.shape), expected a matrix")
        }
        let rows = array.shape.rank == 2 ? array.shape[0] : 1
        let columns = array.shape.dimensions.last ?? 1
        // An array of no elements may have any extent.
        guard max(rows, columns) <= max(array.shape.elementCount, 1 << 20) else {
            throw ModelImportError(.malformed, "`\(name)` has shape \(array.shape), expected some elements")
        }
        return (rows, columns, try numbers(array, name))
    }

    /// The numbers of a vector of any length.
    func doubles(_ name: String) throws(ModelImportError) -> [Double] {
        try numbers(try required(array(name), name, "an array"), name)
    }

    /// The numbers of an array with so many axes, in row-major order, with its extents.
    func numbers(_ name: String, rank: Int) throws(ModelImportError) -> (extents: [Int], elements: [Double]) {
        let array = try required(array(name), name, "an array")
        guard array.shape.rank == rank else {
            throw ModelImportError(.malformed, "`\(name)` has shape \(array.shape), expected \(rank) axes")
        }
        return (array.shape.dimensions, try numbers(array, name))
    }

    /// The elements of a sparse matrix in compressed rows, with zeros filled in; `nil` for another value.
    ///
    /// *Source*: `scipy.sparse.csr_matrix` and `csr_array`: `_shape`, `indptr`, `indices`, `data`.
    private func filledRows(_ name: String) throws(ModelImportError) -> (rows: Int, columns: Int, elements: [Double])? {
        guard let value = value[name], value.className?.contains(".csr_") == true else { return nil }
        let sparse = nested(value)
        guard let shape = value["_shape"]?.elements?.compactMap(\.int), shape.count == 2, shape.allSatisfy({ $0 >= 0 }),
            shape[0] <= FilledMatrix.elementLimit, shape[1] <= FilledMatrix.elementLimit,
            shape[0] * shape[1] <= FilledMatrix.elementLimit
        else {
            throw ModelImportError(
                .malformed,
                "`\(name)` has no shape of at most \(FilledMatrix.elementLimit) elements"
            )
        }
        let starts = try sparse.integers("indptr")
        let places = try sparse.integers("indices")
        let data = try sparse.doubles("data", count: places.count, from: "indices")
        guard starts.count == shape[0] + 1, starts.first == 0, starts.last == places.count,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }), places.allSatisfy({ (0..<shape[1]).contains($0) })
        else { throw ModelImportError(.malformed, "the rows of the sparse `\(name)` leave its elements") }
        var elements = [Double](repeating: 0, count: shape[0] * shape[1])
        for row in 0..<shape[0] {
            for index in starts[row]..<starts[row + 1] { elements[row * shape[1] + places[index]] += data[index] }
        }
        return (shape[0], shape[1], elements)
    }

    /// The numbers of a matrix of so many rows and columns.
    func matrix(_ name: String, rows: Int? = nil, columns: Int? = nil) throws(ModelImportError) -> [Double] {
        let matrix = try matrix(name)
        guard rows == nil || rows == matrix.rows, columns == nil || columns == matrix.columns else {
            let expected = [rows, columns].map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
            throw ModelImportError(
                .malformed,
                "`\(name)` has shape [\(matrix.rows), \(matrix.columns)], expected [\(expected)]"
            )
        }
        return matrix.elements
    }

    /// Whole numbers of a vector; booleans are 0 and 1.
    func integers(_ name: String) throws(ModelImportError) -> [Int] {
        let array = try required(array(name), name, "an array")
        return try locating(.item("attribute", name)) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try array.integers() }
        }
    }

    private func numbers(_ array: NumPyArray, _ name: String) throws(ModelImportError) -> [Double] {
        try locating(.item("attribute", name)) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try array.doubles() }
        }
    }

    func bool(_ name: String) throws(ModelImportError) -> Bool {
        try required(value[name]?.bool, name, "a boolean")
    }

    func int(_ name: String) throws(ModelImportError) -> Int {
        try required(value[name]?.int, name, "an integer")
    }

    func double(_ name: String) throws(ModelImportError) -> Double {
        if let array = try? array(name), array.shape.elementCount == 1 { return try numbers(array, name)[0] }
        return try required(value[name]?.double, name, "a number")
    }

    func string(_ name: String) throws(ModelImportError) -> String {
        try required(value[name]?.string, name, "text")
    }

    /// Whether a boolean parameter is set; one that the version does not have counts as `fallback`.
    func flag(_ name: String, fallback: Bool = false) -> Bool {
        value[name].flatMap { $0.bool ?? $0.int.map { $0 != 0 } } ?? fallback
    }

    /// The values of a list, tuple or array of objects.
    func list(_ name: String) throws(ModelImportError) -> [PickleValue] {
        let value = try required(value[name], name, "a list")
        if let elements = value.elements { return elements }
        let objects = try importing { () throws(ModelFormatError) in try value.objects()?.elements }
        return try required(objects, name, "a list")
    }

    /// The estimators of a list.
    func nestedList(_ name: String) throws(ModelImportError) -> [EstimatorObject] {
        try list(name).map { nested($0) }
    }

    /// The extent of the last axis of an array of objects.
    func columnCount(of value: PickleValue) throws(ModelImportError) -> Int {
        let shape = try importing { () throws(ModelFormatError) in try value.objects()?.shape }
        guard let columns = shape?.dimensions.last, columns > 0 else {
            throw ModelImportError(.malformed, "an array of estimators is empty or none, expected rows of estimators")
        }
        return columns
    }

    /// The arrays of a list.
    func arrays(_ name: String) throws(ModelImportError) -> [NumPyArray] {
        var arrays: [NumPyArray] = []
        for (index, element) in try list(name).enumerated() {
            let array = try importing { () throws(ModelFormatError) in try element.numPyArray() }
            arrays.append(try required(array, "\(name)[\(index)]", "an array"))
        }
        return arrays
    }

    /// Refuses the estimator by name where a parameter has a value that is not supported.
    func refuse(_ isRefused: Bool, _ variant: String) throws(ModelImportError) {
        if isRefused { throw ModelImportError(.unsupported, "\(variant) is not supported") }
    }

    /// The labels of the classes, in the type in which they were given to `fit`.
    func classes() throws(ModelImportError) -> ClassLabels {
        if value["classes_"] == nil, let binarizer = value["_label_binarizer"] ?? value["label_binarizer_"] {
            return try nested(binarizer).classes()
        }
        guard let value = value["classes_"] else {
            throw ModelImportError(.malformed, "`classes_` is missing, expected the labels of the classes")
        }
        return try labels(value, of: "classes_")
    }

    /// For each target of an estimator, the labels of its classes.
    func targetClasses(_ name: String = "classes_") throws(ModelImportError) -> [ClassLabels] {
        var result: [ClassLabels] = []
        for element in try list(name) { result.append(try labels(element, of: name)) }
        guard !result.isEmpty else { throw ModelImportError(.malformed, "`\(name)` is empty, expected labels") }
        return result
    }

    /// The labels in a value, which `name` holds.
    func labels(_ value: PickleValue, of name: String) throws(ModelImportError) -> ClassLabels {
        try locating(.item("attribute", name)) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try labels(value) }
        }
    }

    private func labels(_ value: PickleValue) throws(ModelFormatError) -> ClassLabels {
        var labels: ClassLabels?
        if let elements = value.elements, !elements.isEmpty { labels = try value.texts().map { .strings($0) } }
        let found = if let labels { labels } else { try ClassLabels(value) }
        if case .strings(let texts) = found { try texts.refuseReplacements() }
        return found
    }

    func required<Value>(_ value: Value?, _ name: String, _ kind: String) throws(ModelImportError) -> Value {
        guard let value else {
            let problem = self.value[name] == nil ? "is missing" : "is of another type"
            throw ModelImportError(.malformed, "`\(name)` \(problem), expected \(kind)")
        }
        return value
    }
}

extension [String] {
    /// Refuses texts that hold U+FFFD, which stands for what is no Unicode, such as half of a surrogate pair.
    func refuseReplacements() throws(ModelFormatError) {
        guard contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) else { return }
        throw ModelFormatError(.unsupported, "text with U+FFFD, or with what is no Unicode, is not supported")
    }
}
