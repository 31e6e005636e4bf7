import ModelImport

/// A monotone function of one feature.
///
/// *Source*: scikit-learn 0.24 to 1.9, `X_thresholds_`, `y_thresholds_`, `X_min_`, `X_max_`, `out_of_bounds`.
struct IsotonicRegression: Regressor {
    let function: Interpolation
    /// Whether a sample outside of the fitted range has no prediction.
    let isBounded: Bool

    static let entry = EstimatorEntry("sklearn.isotonic.IsotonicRegression") { object throws(ModelImportError) in
        let fitted = try IsotonicRegression(object)
        return Roles(predictor: .regressor(fitted), transformer: fitted)
    }

    var inputForm: InputForm { .columns([.number], isFrame: false) }

    /// `raise` predicts as `nan` does, where scikit-learn raises an error.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        let knots = try object.doubles("X_thresholds_")
        function = try Interpolation(knots: knots, values: try object.doubles("y_thresholds_"))
        isBounded = try object.string("out_of_bounds") != "clip"
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        let result = try function(x)
        guard isBounded, let first = function.knots.first, let last = function.knots.last, function.knots.count > 1
        else { return result }
        return try x.less(than: first).or(x.greater(than: last)).choose(.nan, result)
    }
}

extension IsotonicRegression: Transformer {
    func transform(_ input: Table) throws(ModelImportError) -> Table { Table(try predict(input), isVector: true) }
}
