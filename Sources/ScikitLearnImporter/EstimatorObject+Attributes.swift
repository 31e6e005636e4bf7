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

    /// The numbers of a matrix in row-major order, with its extents; a vector counts as a row.
    func matrix(_ name: String) throws(ModelImportError) -> (rows: Int, columns: Int, elements: [Double]) {
        let array = try required(array(name), name, "an array")
        guard (1...2).contains(array.shape.rank) else {
            throw ModelImportError(.malformed, "`\(name)` has shape \(array.shape), expected a matrix")
        }
        let rows = array.shape.rank == 2 ? array.shape[0] : 1
        return (rows, array.shape[array.shape.rank - 1], try numbers(array, name))
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

    /// The estimators of a list.
    func nestedList(_ name: String) throws(ModelImportError) -> [EstimatorObject] {
        try required(value[name]?.elements, name, "a list").map { nested($0) }
    }

    /// The labels of the classes, in the type in which they were given to `fit`.
    func classes() throws(ModelImportError) -> ClassLabels {
        guard let value = value["classes_"] else {
            throw ModelImportError(.malformed, "`classes_` is missing, expected the labels of the classes")
        }
        return try locating(.item("attribute", "classes_")) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try ClassLabels(value) }
        }
    }

    private func required<Value>(_ value: Value?, _ name: String, _ kind: String) throws(ModelImportError) -> Value {
        guard let value else {
            let problem = self.value[name] == nil ? "is missing" : "is of another type"
            throw ModelImportError(.malformed, "`\(name)` \(problem), expected \(kind)")
        }
        return value
    }
}

/// A tensor of doubles.
func tensor(_ elements: [Double], _ dimensions: [Int]) throws(ModelImportError) -> Tensor {
    try importing { () throws(TensorError) in try Tensor(elements, shape: Shape(dimensions)) }
}

/// A tensor of floats.
func floats(_ elements: [Float], _ dimensions: [Int]) throws(ModelImportError) -> Tensor {
    try importing { () throws(TensorError) in try Tensor(elements, shape: Shape(dimensions)) }
}
