import ModelImport

/// A distance between rows of booleans, which numbers other than zero are.
///
/// *Source*: scikit-learn 0.24 to 1.9, the boolean metrics of `DistanceMetric` and of SciPy.
enum BooleanMetric: String {
    case dice
    case jaccard
    case matching
    case rogersTanimoto = "rogerstanimoto"
    case russellRao = "russellrao"
    case sokalMichener = "sokalmichener"
    case sokalSneath = "sokalsneath"
    case yule

    /// *Shapes*: `[batch, features]` to `[batch, rows]`; `rows` is in row-major order.
    func callAsFunction(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        let width = x.columnCount
        let others = rows.map { $0 == 0 ? 0.0 : 1.0 }
        let counts = (0..<x.rowCount(of: rows)).map { others[$0 * width..<($0 + 1) * width].reduce(0, +) }
        let own = try x.equal(to: 0).not().cast(to: .double)
        let both = try own.product(transposed: others, "samples")
        let onlyFirst = try own.sum() - both
        let onlySecond = try own.row(counts, "counts") - both
        let different = onlyFirst + onlySecond
        let neither = try Double(width) - (both + different)
        switch self {
        case .dice: return try different / (both * 2 + different)
        case .jaccard: return try different.divided(by: both + different)
        case .matching: return try different / Double(width)
        case .rogersTanimoto, .sokalMichener: return try different * 2 / (both + neither + different * 2)
        case .russellRao: return try (Double(width) - both) / Double(width)
        case .sokalSneath: return try (different * 2).divided(by: both + different * 2)
        case .yule:
            let products = onlyFirst * onlySecond
            return try (products * 2).divided(by: both * neither + products)
        }
    }
}

extension Matrix {
    /// The quotient, zero where the divisor is.
    fileprivate func divided(by divisor: Matrix) throws(ModelImportError) -> Matrix {
        let isZero = try divisor.equal(to: 0)
        return try isZero.choose(0, self / isZero.choose(1, divisor))
    }
}
