import ModelImport
import OnnxIR

extension Matrix {
    /// How many rows of this matrix's width elements make up.
    func rowCount(of rows: [Double]) -> Int { columnCount == 0 ? 0 : rows.count / columnCount }

    /// The squared Euclidean distances to rows in row-major order: `[batch, rows]`.
    ///
    /// *Source*: scikit-learn 0.24 to 1.9, `euclidean_distances`: from the norms and the product.
    func squaredDistances(to rows: [Double]) throws(ModelImportError) -> Matrix {
        let count = rowCount(of: rows)
        var norms: [Double] = []
        for row in 0..<count {
            norms.append(rows[row * columnCount..<(row + 1) * columnCount].reduce(0) { $0 + $1 * $1 })
        }
        let own = try squared().sum()
        let products = try product(transposed: rows, "samples") * 2
        return try (own - products + row(norms, "norms")).atLeast(0)
    }

    /// The samples `[batch, 1, features]` and the rows `[1, rows, features]`, for what compares each pair.
    func paired(with rows: [Double]) throws(ModelImportError) -> (samples: Matrix, rows: Matrix) {
        let count = rowCount(of: rows)
        let samples = try reshaped([-1, 1, columnCount])
        let others = try row(rows, "samples").reshaped([1, count, columnCount])
        return (samples, others)
    }

    /// The differences to each row: `[batch, rows, features]`.
    func differences(to rows: [Double]) throws(ModelImportError) -> Matrix {
        let (samples, others) = try paired(with: rows)
        return samples - others
    }

    /// The sum over the last of three axes: `[batch, rows]`.
    func summed(rows: Int) throws(ModelImportError) -> Matrix {
        let axes = try graph.integers([2], name: "axis")
        return node("ReduceSum", [axes], [Attribute("keepdims", .int(0))], columns: rows)
    }

    /// The cosines of the angles to rows; 0 where either is zero.
    func cosines(with rows: [Double]) throws(ModelImportError) -> Matrix {
        try normalised(.l2).product(transposed: unitRows(rows, width: columnCount), "samples")
    }
}

/// Rows in row-major order divided by their Euclidean norms, as `normalised` does.
private func unitRows(_ rows: [Double], width: Int) -> [Double] {
    guard width > 0 else { return rows }
    var result: [Double] = []
    for start in stride(from: 0, to: rows.count - width + 1, by: width) {
        let row = rows[start..<start + width]
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        result += norm < Matrix.smallestNorm ? Array(row) : row.map { $0 / norm }
    }
    return result
}
