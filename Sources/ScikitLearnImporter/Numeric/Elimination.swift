import ModelImport

extension Matrix {
    /// A step of Gauss-Jordan elimination in each of a batch of matrices.
    ///
    /// *Parameter* rows: 1 for the row of the pivot and 0 for others, `[batch, rows, 1]`.
    /// *Parameter* columns: 1 for the column of the pivot, `[batch, columns, 1]`.
    /// *Shapes*: `[batch, rows, columns]`, as the result.
    func eliminated(rows: Matrix, columns: Matrix) throws(ModelImportError) -> Matrix {
        let row = try (self * rows).sum()
        let scaled = row / row.product(columns)
        let factors = product(columns) - rows
        return (self - factors.product(scaled)).withColumns(columnCount)
    }

    /// The solutions of symmetric, positive definite systems with one right-hand side each.
    ///
    /// *Shapes*: `[batch, unknowns, unknowns]` and `[batch, unknowns, 1]` to `[batch, unknowns]`.
    func solved(for right: Matrix) throws(ModelImportError) -> Matrix {
        let count = columnCount
        let places = try graph.constant((0..<count).map { Double($0) }, .int64, name: "places")
        let augmented = Matrix.concatenated([self, right])
        let reduced = try graph.loop([augmented], atMost: count) { (turn, state) throws(ModelImportError) in
            let unit = places.equal(to: turn).cast(to: .double)
            let columns = try Matrix.concatenated([unit, unit.row([0])]).reshaped([1, count + 1, 1])
            let next = try state[0].eliminated(rows: unit.reshaped([1, count, 1]), columns: columns)
            return ([next], try turn.less(than: Double(count)))
        }[0]
        return try reduced.lastOfEach(count)
    }
}
