import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// Shares of components in samples, none negative, by coordinate descent or multiplicative updates.
///
/// Both end when the batch as a whole is close enough, as in scikit-learn, so that a sample's shares depend on the batch.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_`, `solver`, `beta_loss`, `max_iter`, `tol`, `alpha_W`, `l1_ratio`
/// (1.0), `alpha`, `regularization` (up to 1.1), `_transform_max_iter` of `MiniBatchNMF` (1.1).
struct NMF: MatrixTransformer {
    let components: Components
    let turnLimit: Int
    let tolerance: Double
    let solver: Solver

    /// How shares are found.
    enum Solver {
        case coordinateDescent
        /// Updates that look at the loss after each ten of them.
        case multiplicative(BetaDivergence)
        /// Updates that look at the change of the shares.
        case multiplicativeInBatches(BetaDivergence)
    }

    /// A row for each component, and the penalties on the shares of components.
    struct Components {
        let elements: [Double]
        let count: Int
        let featureCount: Int
        let absolutePenalty: Double
        let squarePenalty: Double
    }

    static let entry = EstimatorEntry("sklearn.decomposition.MiniBatchNMF", "sklearn.decomposition.NMF") {
        object throws(ModelImportError) in
        .transformer(try NMF(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix("components_")
        let (absolute, square) = try object.penalties(featureCount: matrix.columns)
        components = Components(
            elements: matrix.elements,
            count: matrix.rows,
            featureCount: matrix.columns,
            absolutePenalty: absolute,
            squarePenalty: square
        )
        tolerance = try object.double("tol")
        let limit = object.value["_transform_max_iter"] ?? object.value["transform_max_iter"]
        if let limit = limit?.int { turnLimit = limit } else { turnLimit = try object.int("max_iter") }
        let isInBatches = object.className.hasSuffix(".MiniBatchNMF")
        guard isInBatches || object.value["solver"]?.string != "cd" else {
            try object.refuse(object.flag("shuffle"), "`shuffle=True`")
            solver = .coordinateDescent
            return
        }
        let divergence = try BetaDivergence(object)
        solver = isInBatches ? .multiplicativeInBatches(divergence) : .multiplicative(divergence)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard x.columnCount == components.featureCount else {
            throw ModelImportError(
                .malformed,
                "`components_` has \(components.featureCount) columns, expected \(x.columnCount)"
            )
        }
        switch solver {
        case .coordinateDescent: return try descend(x)
        case .multiplicative(let divergence): return try update(x, divergence)
        case .multiplicativeInBatches(let divergence): return try updateInBatches(x, divergence)
        }
    }

    /// *Source*: `_fit_coordinate_descent`, which begins at zero.
    private func descend(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let gram = try components.gram(penalty: components.squarePenalty)
        let count = components.count
        let targets = try x.product(transposed: components.elements, "components") - components.absolutePenalty
        let start = try x.filled(with: [Double](repeating: 0, count: count))
        let first = start.total()
        return try x.graph.loop([start, first], atMost: turnLimit) { (turn, state) throws(ModelImportError) in
            var columns: [Matrix] = []
            for index in 0..<count { columns.append(try state[0].column(index)) }
            var violation = try state[1] * 0
            for index in 0..<count {
                let row = (0..<count).map { gram[index * count + $0] }
                let product = try Matrix.concatenated(columns).product(row, columns: 1, "gram")
                let gradient = try product - targets.column(index)
                let projected = try columns[index].equal(to: 0).choose(gradient.atMost(0), gradient)
                violation = violation + projected.absolute().total()
                if row[index] != 0 { columns[index] = try (columns[index] - gradient / row[index]).atLeast(0) }
            }
            let isFirst = try turn.equal(to: 0)
            let initial = isFirst.choose(violation, state[1])
            return ([.concatenated(columns), initial], try violation.greater(than: initial * tolerance))
        }[0]
    }

    /// Equal shares, by the mean of the batch.
    private func equalShares(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let mean = x.node("ReduceMean", [], [Attribute("keepdims", .int(0))], columns: 1)
        let share = try (mean / Double(components.count)).squareRoot()
        return try share * x.filled(with: [Double](repeating: 1, count: components.count))
    }

    /// *Source*: `_fit_multiplicative_update`.
    private func update(_ x: Matrix, _ divergence: BetaDivergence) throws(ModelImportError) -> Matrix {
        let start = try equalShares(x)
        let first = try divergence.loss(x, start, components)
        return try x.graph.loop([start, first], atMost: turnLimit) { (turn, state) throws(ModelImportError) in
            var shares = try divergence.updated(state[0], x, components, turn: turn)
            if divergence.beta < 1 { shares = try shares.less(than: Double.ulpOfOne).choose(0, shares) }
            guard tolerance > 0 else { return ([shares, state[1]], try turn.less(than: Double(turnLimit))) }
            let tenth = try turn.apply("Mod", [turn.number(10)]).equal(to: 9)
            let loss = try divergence.loss(x, shares, components)
            let isClose = try ((state[1] - loss) / first).less(than: tolerance)
            return ([shares, tenth.choose(loss, state[1])], tenth.and(isClose).not())
        }[0]
    }

    /// *Source*: `MiniBatchNMF._solve_W`.
    private func updateInBatches(_ x: Matrix, _ divergence: BetaDivergence) throws(ModelImportError) -> Matrix {
        try x.graph.loop([equalShares(x)], atMost: turnLimit) { (turn, state) throws(ModelImportError) in
            let shares = try divergence.updated(state[0], x, components)
            guard tolerance > 0 else { return ([shares], try turn.less(than: Double(turnLimit))) }
            let change = (shares - state[0]).squared().total().squareRoot() / shares.squared().total().squareRoot()
            return ([shares], try change.lessOrEqual(to: change.number(tolerance)).not())
        }[0]
    }
}

extension NMF.Components {
    /// The products of components with one another, with a penalty on squares.
    func gram(penalty: Double) throws(ModelImportError) -> [Double] {
        var gram = try FilledMatrix.gram("the products of components", elements, rows: count)
        for index in 0..<count { gram[index * count + index] += penalty }
        return gram
    }
}

extension EstimatorObject {
    /// The penalties on absolute values and on squares of shares.
    fileprivate func penalties(featureCount: Int) throws(ModelImportError) -> (absolute: Double, square: Double) {
        let ratio = try double("l1_ratio")
        if let alpha = value["alpha"]?.double {
            let isMeant = value["regularization"].map { ["both", "transformation"].contains($0.string) } ?? true
            let weight = isMeant ? alpha : 0
            return (weight * ratio, weight * (1 - ratio))
        }
        let weight = (value["alpha_W"]?.double ?? 0) * Double(featureCount)
        return (weight * ratio, weight * (1 - ratio))
    }
}
