import ModelImport

/// Probabilities of classes from those of the first class of each pair.
///
/// *Source*: Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling" (2004), the
/// second method, as libsvm iterates it: its order, its bounds and its coarse tolerance.
struct PairCoupling {
    let classCount: Int

    private static let least = 1e-7

    /// *Shapes*: `[batch, pairs]` to `[batch, classes]`, in double.
    func callAsFunction(_ pairs: Matrix) throws(ModelImportError) -> Matrix {
        let rows = try quadratic(try pairs.clipped(Self.least, 1 - Self.least))
        let graph = pairs.graph
        let start = try pairs.filled(with: [Double](repeating: 1 / Double(classCount), count: classCount))
        return try graph.loop([start], atMost: max(100, classCount)) { (_, state) throws(ModelImportError) in
            let (next, isOpen) = try turn(state[0], rows)
            return ([isOpen.choose(next, state[0])], try isOpen.holdsAnywhere())
        }[0]
    }

    /// The rows of the quadratic form that the probabilities make least, `[batch, classes]` each.
    private func quadratic(_ pairs: Matrix) throws(ModelImportError) -> [Matrix] {
        let pairCount = pairs.columnCount
        let both = try Matrix.concatenated([pairs, 1 - pairs])
        // The place of the probability of a class against another.
        func place(_ first: Int, _ second: Int) -> Int {
            let (low, high) = (min(first, second), max(first, second))
            let place = low * classCount - low * (low + 1) / 2 + high - low - 1
            return first < second ? place : pairCount + place
        }
        var rows: [Matrix] = []
        for row in 0..<classCount {
            let others = (0..<classCount).filter { $0 != row }
            let against = try both.columns(others.map { place($0, row) })
            let diagonal = try against.squared().sum()
            let products = try -against * both.columns(others.map { place(row, $0) })
            let order = (0..<classCount).map { $0 == row ? classCount - 1 : $0 < row ? $0 : $0 - 1 }
            rows.append(try Matrix.concatenated([products, diagonal]).columns(order))
        }
        return rows
    }

    /// The probabilities after a turn, and which samples were not close enough before it, `[batch, 1]`.
    private func turn(_ start: Matrix, _ rows: [Matrix]) throws(ModelImportError) -> (next: Matrix, isOpen: Matrix) {
        var probabilities = start
        var products = try Matrix.concatenated(rows.map { (row) throws(ModelImportError) in try (row * start).sum() })
        var form = try (products * start).sum()
        let error = (products - form).absolute().reduced("ReduceMax")
        let isOpen = try error.greaterOrEqual(to: 0.005 / Double(classCount))
        for (index, row) in rows.enumerated() {
            let diagonal = try row.column(index)
            let product = try products.column(index)
            let step = (form - product) / diagonal
            let whole = try step + 1
            form = try (form + step * (step * diagonal + product * 2)) / whole.squared()
            products = (products + step * row) / whole
            let unit = (0..<classCount).map { $0 == index ? 1.0 : 0.0 }
            probabilities = try (probabilities + step * step.row(unit, "class")) / whole
        }
        return (probabilities, isOpen)
    }
}
