import ModelImport
import OnnxIR

/// Atoms that samples are made of, as few as may be.
struct CodeDictionary {
    /// A row for each atom.
    let atoms: [Double]
    let count: Int
    let featureCount: Int

    private static let turnLimit = 10_000

    private func gram() throws(ModelImportError) -> [Double] {
        try FilledMatrix.gram("the products of atoms", atoms, rows: count)
    }

    /// Codes with the least sum of squares of what is left, halved, and of their absolute values, times a penalty.
    ///
    /// *Source*: `Lasso` and `LassoLars`, which differ in how they find the same minimum.
    /// *Shapes*: from the products of samples with atoms, `[batch, atoms]`.
    func lasso(_ products: Matrix, penalty: Double, isPositive: Bool) throws(ModelImportError) -> Matrix {
        let gram = try gram()
        let start = try products.filled(with: [Double](repeating: 0, count: count))
        return try products.graph.loop([start], atMost: Self.turnLimit) { (_, state) throws(ModelImportError) in
            var columns: [Matrix] = []
            for atom in 0..<count { columns.append(try state[0].column(atom)) }
            for atom in 0..<count where gram[atom * count + atom] > 0 {
                let row = (0..<count).map { $0 == atom ? 0 : gram[atom * count + $0] }
                let others = try Matrix.concatenated(columns).product(row, columns: 1, "gram")
                let rest = try products.column(atom) - others
                columns[atom] = try rest.shrunk(by: penalty, isPositive: isPositive) / gram[atom * count + atom]
            }
            let next = Matrix.concatenated(columns)
            let change = (next - state[0]).absolute().reduced("ReduceMax")
            let isOpen = try change.greater(than: next.absolute().reduced("ReduceMax") * 1e-12)
            return ([next], try isOpen.holdsAnywhere())
        }[0]
    }

    /// Codes of a few atoms, each chosen as the one that is closest to what those before it left.
    ///
    /// *Source*: `orthogonal_mp_gram`.
    /// *Shapes*: from the products of samples with atoms, `[batch, atoms]`.
    func matchingPursuit(_ products: Matrix, atomCount: Int) throws(ModelImportError) -> Matrix {
        let gram = try products.graph.constant(gram(), rows: count, name: "gram")
        let right = try products.reshaped([-1, count, 1])
        let system = Matrix.concatenated([(try right * 0 + gram).withColumns(count), right])
        let chosen = try products.filled(with: [Double](repeating: 0, count: count))
        let end = try products.graph.loop([system, chosen], atMost: max(1, atomCount)) {
            (_, state) throws(ModelImportError) in
            let (system, chosen) = (state[0], state[1])
            let rest = try system.lastOfEach(count) * (1 - chosen)
            let places = rest.absolute().argMax()
            let unit = try places.equal(to: places.row((0..<count).map { Double($0) }, "places")).cast(to: .double)
            let (rows, columns) = try (
                unit.withColumns(count).reshaped([-1, count, 1]),
                Matrix.concatenated([unit.withColumns(count), unit.withColumns(count).column(0) * 0])
                    .reshaped([-1, count + 1, 1])
            )
            let pivot = try (system * rows).sum().product(columns).reshaped([-1, 1])
            let closeness = rest.absolute().reduced("ReduceMax").squared()
            let isOpen = try closeness.greaterOrEqual(to: Double.ulpOfOne).and(pivot.greater(than: Double.ulpOfOne))
            let isOpenSystem = try isOpen.reshaped([-1, 1, 1])
            let next = try isOpenSystem.choose(system.eliminated(rows: rows, columns: columns), system)
            let added = chosen + unit * isOpen.cast(to: .double)
            return ([next, added], try isOpen.holdsAnywhere())
        }
        return try end[0].lastOfEach(count) * end[1]
    }
}

extension Matrix {
    /// What is left of numbers beyond a threshold, zero within it.
    func shrunk(by threshold: Double, isPositive: Bool) throws(ModelImportError) -> Matrix {
        let above = try (self - threshold).atLeast(0)
        guard !isPositive else { return above }
        return try above - (-self - threshold).atLeast(0)
    }

    /// The last element of each row of a batch of matrices with one column more than `count` rows: `[batch, count]`.
    func lastOfEach(_ count: Int) throws(ModelImportError) -> Matrix {
        let place = try graph.integers([count], name: "last")
        return try node("Gather", [place], [Attribute("axis", .int(2))], columns: 1).reshaped([-1, count])
    }
}
