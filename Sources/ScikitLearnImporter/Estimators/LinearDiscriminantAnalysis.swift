import Diagnostics
import ModelFormats
import ModelImport

/// Classes by linear discriminants, and projection on them.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_`, `intercept_`, `scalings_`, `xbar_` of the solver `svd`, `_max_components`.
struct LinearDiscriminantAnalysis {
    let linear: LinearClassification
    let means: [Double]?
    let scalings: Projection?
    let componentCount: Int

    static let entry = EstimatorEntry(
        "sklearn.discriminant_analysis.LinearDiscriminantAnalysis"
    ) { object throws(ModelImportError) in
        let fitted = try LinearDiscriminantAnalysis(object)
        return Roles(predictor: .classifier(fitted), transformer: fitted.scalings == nil ? nil : fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearClassification(object, link: nil)
        let width = linear.linear.columnCount
        let solver = object.value["solver"]?.string
        means = try solver == "svd" ? object.doubles("xbar_", count: width, from: "coef_") : nil
        scalings = try solver == "lsqr" ? nil : Projection(object, "scalings_", rows: width)
        componentCount = min(scalings?.columnCount ?? 0, object.value["_max_components"]?.int ?? Int.max)
    }
}

extension LinearDiscriminantAnalysis: Classifier, MatrixTransformer {
    var classes: ClassLabels { linear.classes }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var result = try linear.classify(input)
        if let decision = result.decision {
            result.probabilities =
                try decision.columnCount == 1
                ? decision.sigmoid().withComplement() : decision.softmax()
        }
        return result
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard let scalings else { return x }
        let centred = try means == nil ? x : x - x.row(means ?? [], "mean")
        return try scalings(centred).columns(Array(0..<componentCount))
    }
}
