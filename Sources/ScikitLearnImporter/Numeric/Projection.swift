import Diagnostics
import ModelImport

/// A product with a constant matrix.
struct Projection {
    let columnCount: Int
    /// A row for each feature.
    let elements: [Double]

    /// The matrix of an attribute that has a row for each feature.
    init(_ object: EstimatorObject, _ name: String, rows: Int) throws(ModelImportError) {
        let matrix = try object.matrix(name)
        elements = try object.matrix(name, rows: rows)
        columnCount = matrix.columns
    }

    /// The transpose of an attribute that has a column for each feature.
    init(_ object: EstimatorObject, transposed name: String, columns: Int) throws(ModelImportError) {
        let matrix = try object.matrix(name)
        elements = transposed(
            try object.matrix(name, columns: columns),
            rows: matrix.rows,
            columns: matrix.columns
        )
        columnCount = matrix.rows
    }

    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try x.product(elements, columns: columnCount, "components")
    }
}

/// The transpose of a matrix in row-major order.
func transposed(_ elements: [Double], rows: Int, columns: Int) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(elements.count)
    for column in 0..<columns {
        for row in 0..<rows { result.append(elements[row * columns + column]) }
    }
    return result
}
