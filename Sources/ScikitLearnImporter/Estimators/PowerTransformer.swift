import Diagnostics
import ModelFormats
import ModelImport

/// Powers that make features more like normal ones.
///
/// *Source*: scikit-learn 0.24 to 1.9, `lambdas_`, `method`, `standardize`, `_scaler`; `scipy.stats.yeojohnson`.
struct PowerTransformer: MatrixTransformer, InverseTransformer {
    let exponents: [Double]
    let isBoxCox: Bool
    let scaler: StandardScaler?

    static let entry = EstimatorEntry("sklearn.preprocessing.PowerTransformer") { object throws(ModelImportError) in
        .transformer(try PowerTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        exponents = try object.doubles("lambdas_", count: object.int("n_features_in_"), from: "n_features_in_")
        isBoxCox = try object.string("method") == "box-cox"
        scaler = object.flag("standardize") ? try StandardScaler(try object.estimator("_scaler")) : nil
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let powers = try isBoxCox ? x.boxCox(exponents) : yeoJohnson(x)
        return try scaler?.transform(powers) ?? powers
    }

    private func yeoJohnson(_ x: Matrix) throws(ModelImportError) -> Matrix {
        // The branch that is not taken gets a number that it can compute with.
        let above = try (x.atLeast(0) + 1).boxCox(exponents)
        let below = try -((1 - (x.atMost(0))).boxCox(exponents.map { 2 - $0 }))
        return try x.greaterOrEqual(to: 0).choose(above, below.passingNaN(of: x))
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let powers = try scaler?.inverseTransform(x) ?? x
        if isBoxCox { return try powers.inverseBoxCox(exponents) }
        let above = try (powers.atLeast(0)).inverseBoxCox(exponents) - 1
        let below = try 1 - ((-(powers.atMost(0))).inverseBoxCox(exponents.map { 2 - $0 }))
        return try powers.greaterOrEqual(to: 0).choose(above, below)
    }
}

extension Matrix {
    /// `(x^λ - 1) / λ` with an exponent for each column, and the logarithm where it is 0.
    fileprivate func boxCox(_ exponents: [Double]) throws(ModelImportError) -> Matrix {
        let safe = exponents.map { isZero($0) ? 1 : $0 }
        let powers = try (apply("Pow", [row(safe, "lambdas")]) - 1) / row(safe, "lambdas")
        return try choosing(exponents, log(), powers)
    }

    fileprivate func inverseBoxCox(_ exponents: [Double]) throws(ModelImportError) -> Matrix {
        let safe = exponents.map { isZero($0) ? 1 : $0 }
        let base = try (self * row(safe, "lambdas")) + 1
        return try choosing(exponents, exp(), base.apply("Pow", [row(safe.map { 1 / $0 }, "exponents")]))
    }

    /// The first where the column's exponent is 0, the second elsewhere.
    private func choosing(_ exponents: [Double], _ first: Matrix, _ second: Matrix) throws(ModelImportError) -> Matrix {
        let isLogarithmic = exponents.map { isZero($0) ? 1.0 : 0.0 }
        guard isLogarithmic.contains(1) else { return second }
        return try graph.constant(isLogarithmic, .bool, name: "is_logarithmic").choose(first, second)
    }

    /// This value, and NaN where `other` is.
    fileprivate func passingNaN(of other: Matrix) throws(ModelImportError) -> Matrix {
        try other.isNaN().choose(.nan, self)
    }
}

// SPEC: scipy and scikit-learn take an exponent below one unit of rounding for 0.
private func isZero(_ exponent: Double) -> Bool { abs(exponent) < Double.ulpOfOne }
