import Diagnostics
import ModelFormats
import ModelImport

/// Regressions on the other features for what is missing, in rounds.
///
/// *Source*: scikit-learn 0.24 to 1.9, `initial_imputer_`, `imputation_sequence_`, `_min_value`, `_max_value`, `n_iter_`.
struct IterativeImputer: MatrixTransformer {
    private struct Step {
        var feature: Int
        var neighbors: [Int]
        var regressor: any Regressor
    }

    let initial: SimpleImputer
    let kept: [Int]
    private let steps: [Step]
    let bounds: (lower: [Double], upper: [Double])
    let indicator: MissingIndicator?

    static let entry = EstimatorEntry("sklearn.impute.IterativeImputer") { object throws(ModelImportError) in
        .transformer(try IterativeImputer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        try object.refuse(object.flag("sample_posterior"), "`sample_posterior=True`")
        let initial = try SimpleImputer(try object.estimator("initial_imputer_"))
        guard case .numbers(let statistics) = initial.statistics else {
            throw ModelImportError(.malformed, "`initial_imputer_` fills in text, expected numbers")
        }
        self.initial = initial
        kept = statistics.indices.filter { initial.keepsEmpty || !statistics[$0].isNaN }
        let featureCount = kept.count
        bounds = (
            try object.doubles("_min_value", count: featureCount, from: "statistics_"),
            try object.doubles("_max_value", count: featureCount, from: "statistics_")
        )
        var steps: [Step] = []
        for value in try object.value["n_iter_"]?.int == 0 ? [] : object.list("imputation_sequence_") {
            guard let parts = value.elements ?? value.arguments, parts.count == 3, let feature = parts[0].int,
                let neighbors = try importing({ () throws(ModelFormatError) in try parts[1].numPyArray()?.integers() }),
                (neighbors + [feature]).allSatisfy({ (0..<featureCount).contains($0) })
            else {
                throw ModelImportError(.malformed, "`imputation_sequence_` holds something else than its three parts")
            }
            let roles = try object.part("imputation", "\(steps.count)", object.nested(parts[2]))
            guard case .regressor(let regressor) = roles.predictor else {
                throw ModelImportError(.malformed, "an estimator of `imputation_sequence_` is no regressor")
            }
            steps.append(Step(feature: feature, neighbors: neighbors, regressor: regressor))
        }
        self.steps = steps
        indicator = try MissingIndicator(of: object)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let isMissing = try initial.missing.mask(of: x)
        let wanted = try isMissing.columns(kept)
        let filled = try initial.transform(Table(x)).doubles()
        var columns: [Matrix] = []
        for index in kept.indices { columns.append(try filled.column(index)) }
        for step in steps {
            let neighbors = Matrix.concatenated(step.neighbors.map { columns[$0] })
            let predicted = try step.regressor.predict(Table(neighbors)).cast(to: .double)
            let bounded = try predicted.clipped(bounds.lower[step.feature], bounds.upper[step.feature])
            columns[step.feature] = try wanted.column(step.feature).choose(bounded, columns[step.feature])
        }
        return try .concatenated(columns + (indicator?.parts(isMissing) ?? []))
    }
}
