import ModelImport

/// How decisions become probabilities; a decision of one column is that of the second of two classes.
enum DecisionLink {
    /// The logistic function of each decision, divided by their sum.
    case oneVersusRest
    /// The softmax over the decisions; of `[-d, d]` where there are two classes.
    case multinomial
    /// Decisions clipped to -1 … 1, scaled to 0 … 1, divided by their sum.
    case modifiedHuber

    /// *Shapes*: `[batch, 1]` or `[batch, classes]` to `[batch, classes]`.
    func probabilities(of decision: Matrix) throws(ModelImportError) -> Matrix {
        let isBinary = decision.columnCount == 1
        switch self {
        case .oneVersusRest:
            let each = try decision.sigmoid()
            return try isBinary ? each.withComplement() : each.dividedBySumOrUniform()
        case .multinomial:
            return (isBinary ? Matrix.concatenated([-decision, decision]) : decision).softmax()
        case .modifiedHuber:
            let each = try (decision.clipped(-1, 1) + 1) / 2
            return try isBinary ? each.withComplement() : each.dividedBySumOrUniform()
        }
    }
}

extension Matrix {
    /// The index of the class that decisions are for: above zero, or the greatest.
    func decidedClass() throws(ModelImportError) -> Matrix {
        // SPEC: the second class is predicted where the decision is above zero, not where it is zero.
        columnCount == 1 ? try greater(than: 0).cast(to: .int64) : argMax()
    }

    /// Probabilities of the second of two classes as those of both.
    func withComplement() throws(ModelImportError) -> Matrix {
        .concatenated([try 1 - self, self])
    }

    /// Rows divided by their sums; rows of zeros become uniform.
    func dividedBySumOrUniform() throws(ModelImportError) -> Matrix {
        let sum = try sum()
        let isZero = try sum.equal(to: 0)
        return try isZero.choose(1, self) / isZero.choose(Double(columnCount), sum)
    }
}
