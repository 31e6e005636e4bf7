import Diagnostics
import ModelFormats
import ModelImport

/// B-splines of each feature.
///
/// *Source*: scikit-learn 1.0 to 1.9, `bsplines_`, `degree`, `extrapolation`, `include_bias`, `handle_missing` (1.8).
struct SplineTransformer: MatrixTransformer {
    let splines: [BasisSplines]
    let extrapolation: BasisSplines.Extrapolation
    let includesBias: Bool
    let zeroesMissing: Bool

    static let entry = EstimatorEntry("sklearn.preprocessing.SplineTransformer") { object throws(ModelImportError) in
        .transformer(try SplineTransformer(object))
    }

    /// With `extrapolation="error"`, numbers outside continue the splines.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        let name = try object.string("extrapolation")
        guard let extrapolation = BasisSplines.Extrapolation(rawValue: name == "error" ? "continue" : name) else {
            throw ModelImportError(.unsupported, "`extrapolation=\(name)` is not supported")
        }
        self.extrapolation = extrapolation
        includesBias = object.flag("include_bias", fallback: true)
        zeroesMissing = object.value["handle_missing"]?.string == "zeros"
        var splines: [BasisSplines] = []
        for value in try object.list("bsplines_") { splines.append(try BasisSplines(object.nested(value))) }
        self.splines = splines
        let degree = splines.map(\.degree).min() ?? 0
        let isOdd = degree == 0 || (degree == 1 && extrapolation == .linear && splines.count > 1)
        try object.refuse(
            isOdd && (extrapolation == .linear || extrapolation == .constant),
            "`extrapolation=\(name)` with splines of degree \(degree)"
        )
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        for (index, spline) in splines.enumerated() {
            let column = try x.column(index)
            var values = try spline(column, extrapolation)
            if zeroesMissing { values = try column.isNaN().choose(0, values) }
            if !includesBias { values = try values.columns(Array(0..<spline.outputCount - 1)) }
            parts.append(values)
        }
        return Matrix.concatenated(parts)
    }
}
